import { EffectClass } from '@app/contracts';
import type { StepState } from '../../engine/index.js';
import { crashPoint } from '../../crash-points/crash-points.service.js';
import type { Attempt } from './attempt.js';
import {
  StepFailure,
  type CallWait,
  type EffectRunner,
  type PreparedCall,
  type Probed,
} from '../../steps/steps.service.js';

/**
 * Announces an effect, makes the call and tells what came of it. The announcement is durable before the first byte
 * leaves, together with everything that happened before.
 */
export async function announceAndCall(runner: EffectRunner, attempt: Attempt): Promise<void> {
  const prepared = runner.prepare(attempt.context);
  const call = prepared instanceof Promise ? await prepared : prepared;
  const entered = runner.enter(call);
  const early = entered instanceof Promise ? await entered : entered;
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
  await makeCall(runner, call, attempt, (wait) => (wait === undefined ? attempt.notMade() : attempt.putOff(wait)));
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
  if (effect === EffectClass.Verifiable) await verify(runner, attempt, state);
  else await callAgain(runner, attempt, state, (wait) => postpone(attempt, wait));
}

/** The step stays as it is until then: what is known of its call must not change. */
function postpone(attempt: Attempt, wait: CallWait): void {
  attempt.execution.postpone(attempt.context.path, attempt.endOf(wait));
}

/** Nobody knows whether the call has happened: the receiver is asked, and the call is made when it says no. */
async function verify(runner: EffectRunner, attempt: Attempt, state: StepState): Promise<void> {
  // What keeps the request from being made is told by whoever is about to make it.
  const prepare = async (): Promise<PreparedCall> => runner.prepare(attempt.context);
  const call = await prepare().catch(() => undefined);
  const paused = call === undefined ? undefined : runner.mustWait(call);
  if (paused !== undefined) return postpone(attempt, paused);
  const said = await askReceiver(runner, attempt);
  if (said instanceof Error) attempt.doubt(`The probe could not tell whether the call has happened: ${said.message}`);
  else if ('ms' in said) postpone(attempt, said);
  else if (said.happened) await attempt.complete(said.output);
  // It has not happened, which the journal is told: asked again, the receiver would take calls that others wait for.
  else await callAgain(runner, attempt, state, (wait) => attempt.putOff(wait));
}

async function askReceiver({ probe }: EffectRunner, { context }: Attempt): Promise<Probed | CallWait | Error> {
  try {
    crashPoint('probe.before');
    const said = await probe?.(context);
    crashPoint('probe.after');
    return said ?? new Error('the step has none');
  } catch (error) {
    return StepFailure.from(error);
  }
}

/** @param wait called instead of an outcome when the call may not be made yet */
async function callAgain(
  runner: EffectRunner,
  attempt: Attempt,
  state: StepState,
  wait: (wait: CallWait) => void,
): Promise<void> {
  const call = await runner.prepare(attempt.context);
  if (call.hash !== state.requestHash) {
    attempt.doubt('The request would differ from the one that may have been sent, so it is not sent again.');
    return;
  }
  const early = await runner.enter(call);
  if (early !== undefined) return wait(early);
  attempt.execution.journal.called(attempt.context.path);
  crashPoint('call.before');
  await makeCall(runner, call, attempt, (late) => late !== undefined && wait(late));
}

/**
 * @param withheld called instead of an outcome when the run was lost, or the call stopped or put off, before anything left;
 *   told why it is put off
 */
async function makeCall(
  runner: EffectRunner,
  call: PreparedCall,
  attempt: Attempt,
  withheld: (wait?: CallWait) => void,
): Promise<void> {
  const { signal, step } = attempt.context;
  if (signal.aborted || !attempt.execution.isOurs()) return;
  let isWithheld = false;
  let wait: CallWait | undefined;
  attempt.context.mayLeave = () => {
    wait = runner.mustWait(call);
    isWithheld = wait !== undefined || !attempt.execution.isOurs();
    return !isWithheld;
  };
  try {
    const output = await runner.perform(call, attempt.context);
    crashPoint('call.after');
    const keeping = attempt.complete(output);
    if (keeping !== undefined) await keeping;
  } catch (error) {
    if (isWithheld) return withheld(attempt.execution.isOurs() ? wait : undefined);
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
  else if ('ms' in said) postpone(attempt, said);
  else if (said.happened) await attempt.complete(said.output);
  else attempt.fail(failure);
}
