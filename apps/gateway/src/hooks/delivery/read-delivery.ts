import { AppError, type HookInput } from '@app/contracts';
import { webhookMethods } from '@app/definition';
import { metaAnswer, slackAnswer } from '../answer/challenge.js';
import type { HookAnswer } from '../answer/hook-answer.js';
import type { Hook } from '../known-hooks.js';
import { verifyDelivery } from '../verification/verify-delivery.js';
import { deliveryId, keyOf } from './delivery-id.js';
import { deliveryInput } from './delivery-input.js';
import type { Delivery } from './delivery.js';
import { MethodNotTaken } from './method-not-taken.js';

/** A delivery that has proved itself. */
export interface ProvenDelivery {
  hook: Hook;
  input: HookInput;
  dedupeKey: string | null;
}

/**
 * What a delivery is to a hook. The sender's question whether the address is meant for it is answered before anything
 * else is asked of it.
 * @param open the value of a secret of the workflow's owner
 * @returns what its run is to be started with, or the answer to a question
 * @throws AppError FORBIDDEN when the verify token of a question is wrong, METHOD_NOT_ALLOWED, UNAUTHORIZED, BAD_REQUEST
 */
export async function readDelivery(
  hook: Hook,
  delivery: Delivery,
  open: (name: string, sealed: string) => string,
): Promise<ProvenDelivery | HookAnswer> {
  const { methods, verify, challenge } = hook.plan.trigger;
  const valueOf = (name: string | undefined, sealed: string | null): string | undefined =>
    name === undefined || sealed === null ? undefined : open(name, sealed);
  const secret = valueOf(verify?.secret, hook.sealedSecret);
  if (challenge?.type === 'meta') {
    const own = challenge.secret;
    const answer = metaAnswer(delivery, own === undefined ? secret : valueOf(own, hook.sealedChallenge));
    if (answer !== undefined) return answer;
  }
  const taken: readonly string[] = methods ?? webhookMethods;
  if (!taken.includes(delivery.method)) throw new MethodNotTaken(taken);
  if (verify !== undefined && !verifyDelivery(delivery, verify, secret, Date.now())) throw unproven();
  const answer = challenge?.type === 'slack' ? slackAnswer(delivery) : undefined;
  if (answer !== undefined) return answer;
  const input = deliveryInput(delivery, verify?.header);
  return { hook, input, dedupeKey: await dedupeKeyOf(hook, delivery, input) };
}

async function dedupeKeyOf({ plan, workflowId }: Hook, delivery: Delivery, input: HookInput): Promise<string | null> {
  if (plan.dedupe === undefined) return deliveryId(delivery);
  let id: unknown;
  try {
    id = await plan.dedupe.evaluate({ input }, { nowMs: Date.now(), seed: workflowId, maxSteps: plan.maxSteps });
  } catch (cause) {
    // To start it all the same could be to start it twice, and nobody would notice.
    const message = "What makes this delivery the same as another cannot be worked out: see the trigger's dedupe.";
    throw new AppError({ code: 'BAD_REQUEST', kind: 'user', message, cause });
  }
  if (id === undefined || id === null || id === '') return null;
  return keyOf(typeof id === 'string' ? id : JSON.stringify(id));
}

function unproven(): AppError {
  const message =
    'The delivery does not prove where it comes from: its signature or token is missing, wrong or too old.';
  return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message });
}
