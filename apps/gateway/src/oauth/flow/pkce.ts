import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether a client that brings a code is the one that began (RFC 7636 §4.6, S256). Both or neither have to be there:
 * a code that was begun without a challenge is not for a client that always makes one (RFC 9700 §4.8.2).
 */
export function provesChallenge(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  const expected = Buffer.from(challenge);
  const actual = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
