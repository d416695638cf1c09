import { AppError, RunStatus, type HookInput } from '@app/contracts';
import { resolveTemplate } from '@app/definition';
import { Logger } from '@nestjs/common';
import type { FinishedRun } from '../../runs/watch/run-watches.service.js';
import type { OutputPlan } from '../hook-plan.js';
import { answerOf, type HookAnswer } from './hook-answer.js';

const log = new Logger('WebhookAnswer');

/**
 * What came of a run, as the workflow's trigger puts it for the sender.
 * @throws AppError RUN_FAILED when the run did not complete, or its answer cannot be made
 */
export async function outputAnswer(plan: OutputPlan, finished: FinishedRun, input: HookInput): Promise<HookAnswer> {
  const { run, output } = finished;
  if (run.status !== RunStatus.Completed) throw runFailed(run, run.error?.code ?? run.status);
  const scope = { output, run, input };
  const nowMs = Date.parse(run.completed_at ?? run.created_at);
  const context = { nowMs, seed: `${run.id}/respond`, maxSteps: plan.maxSteps };
  try {
    const status = await resolveTemplate(plan.status, scope, context);
    const headers = await resolveTemplate(plan.headers, scope, context);
    const body = plan.body === undefined ? output : await resolveTemplate(plan.body, scope, context);
    return answerOf(checkedStatus(status), checkedHeaders(headers), body);
  } catch (error) {
    log.warn(`The answer of run ${run.id} cannot be made: ${String(error)}`);
    throw runFailed(run, 'its answer cannot be made');
  }
}

/** The sender learns that and which, but not why in words: that is for the workflow's owner. */
function runFailed({ id }: FinishedRun['run'], reason: string): AppError {
  return new AppError({ code: 'RUN_FAILED', kind: 'user', message: `Run ${id} did not complete: ${reason}.` });
}

function checkedStatus(value: unknown): number {
  const status = Number(value);
  const isPossible = Number.isInteger(status) && status >= 200 && status <= 599 && !(status >= 300 && status < 400);
  if (!isPossible) throw new Error(`${JSON.stringify(value)} is not a status from 200 to 299 or 400 to 599`);
  return status;
}

/** Names were checked when the definition was saved; values come from the run. */
function checkedHeaders(value: unknown): Record<string, string> {
  const entries = Object.entries(value ?? {}).flatMap(([name, text]: [string, unknown]): [string, string][] => {
    if (text === null) return [];
    const written = typeof text === 'string' ? text : JSON.stringify(text);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(written)) throw new Error(`the header ${name} holds a forbidden character`);
    return [[name.toLowerCase(), written]];
  });
  return Object.fromEntries(entries);
}
