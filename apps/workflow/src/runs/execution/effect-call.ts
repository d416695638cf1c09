import { EffectClass } from '@app/contracts';
import type { StepState } from '../../engine/index.js';
import { crashPoint } from '../../crash-points/crash-points.service.js';
import type { Attempt } from './attempt.js';
import { StepFailure, type EffectRunner, type PreparedCall, type Probed } from '../../steps/steps.service.js';

/**
 * Announces an effect, makes the call and tells what came of it. The announcement is durable before the first byte
 * leaves, together with everything that happened before.
 */
export async function announceAndCall(runner: EffectRunner, attempt: Attempt): Promise<void> {
  const call = await runner.prepare(attempt.context);
  const early = runner.mustWait(call);
  if (early !== undefined) return attempt.putOff(early, call.input);
  attempt.append({
    type: 'step.started',
    ...attempt.base,
    effect: attempt.context.step.effect,
    input: call.input,
    request_hash: call.hash,
  });
  attempt.execution.journal.called(attempt.context.path);
  await attempt.execution.journal.commit();
  crashPoint('call.before');
  // The lease may have gone meanwhile. Without a word the next owner would be in doubt about a call that nobody made.
  if (!attempt.execution.isOurs()) return attempt.notMade();
  // Others may have been answered meanwhile that no more calls are wanted.
  const late = runner.mustWait(call);
  if (late !== undefined) return attempt.putOff(late);
  await makeCall(runner, call, attempt, () => attempt.notMade());
}

/**
 * Goes on with an effect that was announced and whose outcome is not in the journal, because the process that made the
 * call died, lost its lease or lost its connection to the database.
 */
export async function recoverCall(runner: EffectRunner, attempt: Attempt, state: StepState): Promise<void> {
  const observed = attempt.execution.history.observed.get(`${state.path}#${state.attempt}`);
  if (observed !== undefined) {
    attempt.append(observed);
    return;
  }
  const { effect } = state.step;
  if (effect !== EffectClass.Keyed && effect !== EffectClass.Verifiable) {
    attempt.doubt('The process that made the call ended before it could tell whether the call succeeded.');
    return;
  }
  if (await isTooEarly(runner, attempt)) return;
  if (effect === EffectClass.Verifiable) await verify(runner, attempt, state);
  else await callAgain(runner, attempt, state);
}

/** Whether its provider wants no call yet: then the step stays as it is, and nobody asks about the call either. */
async function isTooEarly(runner: EffectRunner, attempt: Attempt): Promise<boolean> {
  // What keeps the request from being made is told by whoever is about to make it.
  const call = await runner.prepare(attempt.context).catch(() => undefined);
  const wait = call === undefined ? undefined : runner.mustWait(call);
  if (wait === undefined) return false;
  attempt.execution.postpone(attempt.context.path, attempt.endOf(wait));
  return true;
}

/** Nobody knows whether the call has happened: the receiver is asked, and the call is made when it says no. */
async function verify(runner: EffectRunner, attempt: Attempt, state: StepState): Promise<void> {
  const said = await askReceiver(runner, attempt);
  if (said instanceof Error) attempt.doubt(`The probe could not tell whether the call has happened: ${said.message}`);
  else if (said.happened) await attempt.complete(said.output);
  else await callAgain(runner, attempt, state);
}

async function askReceiver({ probe }: EffectRunner, { context }: Attempt): Promise<Probed | Error> {
  try {
    return (await probe?.(context)) ?? new Error('the step has none');
  } catch (error) {
    return StepFailure.from(error);
  }
}

async function callAgain(runner: EffectRunner, attempt: Attempt, state: StepState): Promise<void> {
  const call = await runner.prepare(attempt.context);
  if (call.hash !== state.requestHash) {
    attempt.doubt('The request would differ from the one that may have been sent, so it is not sent again.');
    return;
  }
  attempt.execution.journal.called(attempt.context.path);
  crashPoint('call.before');
  await makeCall(runner, call, attempt, () => undefined);
}

/** @param withheld called instead of an outcome when the run was lost, or the call stopped, before anything left */
async function makeCall(
  runner: EffectRunner,
  call: PreparedCall,
  attempt: Attempt,
  withheld: () => void,
): Promise<void> {
  const { signal, step } = attempt.context;
  if (signal.aborted || !attempt.execution.isOurs()) return;
  let isWithheld = false;
  const mayLeave = (): boolean => {
    isWithheld = !attempt.execution.isOurs();
    return !isWithheld;
  };
  try {
    const output = await runner.perform(call, { ...attempt.context, mayLeave });
    crashPoint('call.after');
    const keeping = attempt.complete(output);
    if (keeping !== undefined) await keeping;
  } catch (error) {
    if (isWithheld) return withheld();
    const failure = StepFailure.from(error);
    if (failure.options.mayHaveHappened && signal.aborted) return;
    // It was stopped while it had no connection yet: not a failure of the receiver's, and nothing to be in doubt about.
    if (failure.error.code === 'CANCELLED' && signal.aborted) return withheld();
    if (failure.options.mayHaveHappened && step.effect === EffectClass.Unsafe) attempt.doubt(failure.message);
    else if (failure.options.mayHaveHappened && step.effect === EffectClass.Verifiable) {
      await afterBreak(runner, attempt, failure);
    } else attempt.fail(failure);
  }
}

/** A call broke that can be verified: it has happened, or it is a failed attempt like any other. */
async function afterBreak(runner: EffectRunner, attempt: Attempt, failure: StepFailure): Promise<void> {
  const said = await askReceiver(runner, attempt);
  if (said instanceof Error) attempt.doubt(`${failure.message} The probe could not tell more: ${said.message}`);
  else if (said.happened) await attempt.complete(said.output);
  else attempt.fail(failure);
}
