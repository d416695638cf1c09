import type { Rate, Taken } from '@app/messaging';

const WINDOW_S = 60;

/**
 * What an answer says about the bucket that its request was taken from: draft-ietf-httpapi-ratelimit-headers-10, §3
 * (`q` per `w` seconds) and §4 (`r` left now, all of it back after `t` seconds).
 */
export function limitHeaders(policy: string, rate: Rate, taken: Taken): Record<string, string> {
  const fullInS = Math.ceil(taken.resetMs / 1_000);
  return {
    'ratelimit-policy': `"${policy}";q=${rate.perMinute};w=${WINDOW_S}`,
    ratelimit: `"${policy}";r=${taken.remaining};t=${fullInS}`,
  };
}
