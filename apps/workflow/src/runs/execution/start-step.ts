import {
  isTrue,
  type Parking,
  type PureResult,
  type PureRunner,
  type StepsService,
  type TransactionalRunner,
} from '../../steps/steps.service.js';
import type { Attempt } from './attempt.js';
import { announceAndCall } from './effect-call.js';

/** Begins an attempt of a step, as its kind wants it. */
export async function startStep(steps: StepsService, attempt: Attempt): Promise<void> {
  if (await isSkipped(attempt)) {
    const { path, at } = attempt.base;
    attempt.append({ type: 'step.skipped', path, at });
    return;
  }
  const runner = steps.runner(attempt.context.step.type);
  switch (runner.kind) {
    case 'pure':
      return compute(runner, attempt);
    case 'transactional':
      return act(runner, attempt);
    case 'effect':
      return announceAndCall(runner, attempt);
  }
}

async function isSkipped({ context }: Attempt): Promise<boolean> {
  const { step, attempt, scope, evaluation } = context;
  if (step.condition === undefined || attempt > 1) return false;
  return !isTrue(await step.condition.evaluate(scope, evaluation));
}

async function compute(runner: PureRunner, attempt: Attempt): Promise<void> {
  const result = await resultOf(runner, attempt);
  if (result === undefined) return;
  const { path, at } = attempt.base;
  if ('output' in result) return attempt.complete(result.output);
  if ('end' in result) return attempt.end(result.end);
  if ('items' in result) attempt.append({ type: 'step.entered', path, at, branch: null, items: result.items });
  else attempt.append({ type: 'step.entered', path, at, branch: result.branch });
}

/** Undefined when it was stopped in the middle: nobody wants to know any more, and it has done nothing. */
async function resultOf(runner: PureRunner, { context }: Attempt): Promise<PureResult | undefined> {
  try {
    return await runner.run(context);
  } catch (error) {
    if (context.signal.aborted) return undefined;
    throw error;
  }
}

async function act(runner: TransactionalRunner, attempt: Attempt): Promise<void> {
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
  } else park(result, attempt);
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
      ...(wish.child !== undefined && { run_id: wish.child.id }),
      ...(wish.eventWait !== undefined && { event_wait: wish.eventWait.id }),
      ...(input !== undefined && { input }),
    },
    wish,
  );
}
