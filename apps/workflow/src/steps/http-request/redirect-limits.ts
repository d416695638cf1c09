import { EffectClass } from '@app/contracts';
import type { EgressRequest } from '@app/egress';
import type { HttpCall } from './http-call.js';

/** What a redirect to another origin must not take along. */
export interface RedirectLimits extends Pick<EgressRequest, 'boundBecause'> {
  secretHeaders: readonly string[];
}

const NONE: RedirectLimits = { secretHeaders: [] };

/**
 * What holds a secret is what differs between the call and the one with references in the place of the secrets. A
 * header stays behind; a body keeps the request where it is. So does an Idempotency-Key that alone makes a POST or PATCH
 * safe to repeat: it means something to the origin it was sent to, and another one would do everything twice.
 */
export function redirectLimits(call: HttpCall, shown: HttpCall, effect: EffectClass): RedirectLimits {
  const boundBecause = reason(call, shown, effect);
  if (call === shown && boundBecause === undefined) return NONE;
  return { secretHeaders: secretHeaders(call, shown), ...(boundBecause !== undefined && { boundBecause }) };
}

/** Names of the headers whose values hold a secret. */
export function secretHeaders(call: HttpCall, shown: HttpCall): string[] {
  return Object.keys(call.headers).filter((name) => call.headers[name] !== shown.headers[name]);
}

function reason(call: HttpCall, shown: HttpCall, effect: EffectClass): string | undefined {
  if (call.body !== shown.body) return 'its body holds a secret';
  if (effect === EffectClass.Keyed && (call.method === 'POST' || call.method === 'PATCH')) {
    return 'its Idempotency-Key, without which it is not safe to repeat, is for the first one alone';
  }
  return undefined;
}
