import {
  isTrue,
  type Parking,
  type PureResult,
  type PureRunner,
  type StepsService,
  type TransactionalRunner,
  type WantedContentChange,
} from '../../steps/steps.service.js';
import { UnwrittenError } from '../store/unwritten.error.js';
import type { Attempt } from './attempt.js';
import { collectJob } from './collect.js';
import { announceAndCall } from './effect-call.js';

/**
 * Begins an attempt of a step, as its kind wants it.
 * @returns undefined when it is over already, as most pure steps are
 */
export function startStep(steps: StepsService, attempt: Attempt): Promise<void> | undefined {
  const { step, attempt: number, scope, evaluation } = attempt.context;
  if (step.condition === undefined || number > 1) return begin(steps, attempt);
  return step.condition.use(scope, evaluation, (value) => (isTrue(value) ? begin(steps, attempt) : skip(attempt)));
}

function skip(attempt: Attempt): undefined {
  const { path, at } = attempt.base;
  attempt.append({ type: 'step.skipped', path, at });
}

function begin(steps: StepsService, attempt: Attempt): Promise<void> | undefined {
  const runner = steps.runner(attempt.context.step.type);
  switch (runner.kind) {
    case 'pure':
      return compute(runner, attempt);
    case 'transactional':
      return act(steps, runner, attempt);
    case 'effect':
      return announceAndCall(runner, attempt);
  }
}

function compute(runner: PureRunner, attempt: Attempt): Promise<void> | undefined {
  const result = runner.run(attempt.context);
  return result instanceof Promise ? computeLater(result, attempt) : take(result, attempt);
}

/** When it was stopped in the middle nobody wants to know any more what it comes to, and it has done nothing. */
async function computeLater(result: Promise<PureResult>, attempt: Attempt): Promise<void> {
  let known: PureResult;
  try {
    known = await result;
  } catch (error) {
    if (attempt.context.signal.aborted) return;
    throw error;
  }
  await take(known, attempt);
}

function take(result: PureResult, attempt: Attempt): Promise<void> | undefined {
  const { path, at } = attempt.base;
  if ('output' in result) return attempt.complete(result.output);
  if ('end' in result) return attempt.end(result.end);
  if ('items' in result) attempt.append({ type: 'step.entered', path, at, branch: null, items: result.items });
  else attempt.append({ type: 'step.entered', path, at, branch: result.branch });
  return undefined;
}

async function act(steps: StepsService, runner: TransactionalRunner, attempt: Attempt): Promise<void> {
  const result = await runner.act(attempt.context);
  const { journal, values } = attempt.execution;
  // Kept before the commit that starts the run whose input it is.
  if (result.child !== undefined && values.isInputLarge(result.child)) {
    result.child = await values.keepInputOf(result.child);
  }
  if ('output' in result) {
    const { output, input, ...wish } = result;
    const keeping = attempt.complete(output, { input, wish });
    if (keeping !== undefined) await keeping;
    // A promise of the language: what a step wants done is durable before the next step begins.
    await journal.commit();
  } else if (result.contentChange !== undefined) {
    await changeContent(steps, runner, { ...result, contentChange: result.contentChange }, attempt);
  } else park(result, attempt);
}

/** The commit that says that the step waits is the one that makes the change: what came of it is there at once. */
async function changeContent(
  steps: StepsService,
  runner: TransactionalRunner,
  parking: Parking & { contentChange: WantedContentChange },
  attempt: Attempt,
): Promise<void> {
  const { journal, history, state, run } = attempt.execution;
  const { path, signal } = attempt.context;
  const { jobId, change } = parking.contentChange;
  while (journal.isChanging(change.contentId)) await journal.commit();
  // Stopped before it has done anything.
  if (signal.aborted) return;
  park(parking, attempt);
  await journal.commit();
  try {
    const job = await runner.settled?.(jobId);
    if (job !== undefined) history.jobs.set(jobId, job);
  } catch (error) {
    // The change is made, so this is no failure of the step's: whoever takes the run over reads what came of it.
    throw new UnwrittenError(run.runId, error);
  }
  const waiting = state.steps.get(path);
  if (waiting !== undefined) await collectJob(steps, attempt, waiting);
}

function park({ until, deadline, signal, input, ...wish }: Parking, attempt: Attempt): void {
  attempt.append(
    {
      type: 'step.waiting',
      ...attempt.base,
      ...(until !== undefined && { until }),
      ...(deadline !== undefined && { deadline }),
      ...(signal !== undefined && { signal }),
      ...(wish.job !== undefined && { job_id: wish.job.id }),
      ...(wish.contentChange !== undefined && { job_id: wish.contentChange.jobId }),
      ...(wish.child !== undefined && { run_id: wish.child.id }),
      ...(wish.eventWait !== undefined && { event_wait: wish.eventWait.id }),
      ...(input !== undefined && { input }),
    },
    wish,
  );
}
