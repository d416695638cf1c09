import { createHmac } from 'node:crypto';
import type { WebhookVerification } from '@app/definition';
import type { Delivery } from '../delivery/delivery.js';
import { equalTexts } from './equal-texts.js';
import { isRecent } from './is-recent.js';
import { claimedSignature } from './signature-header.js';

export const DEFAULT_TOLERANCE_S = 300;

/**
 * Whether a delivery carries an HMAC (RFC 2104) over the bytes of its body, made with the secret and, where the time is
 * signed, not too long ago.
 * @param nowMs the time of arrival
 */
export function verifyHmac(delivery: Delivery, verify: WebhookVerification, secret: string, nowMs: number): boolean {
  const claimed = claimedSignature(delivery, verify);
  if (claimed === undefined) return false;
  if (claimed.time !== undefined && !isRecent(claimed.time, verify.tolerance_s ?? DEFAULT_TOLERANCE_S, nowMs)) {
    return false;
  }
  const { algorithm = 'sha256', encoding = 'hex' } = verify;
  const expected = createHmac(algorithm, secret).update(claimed.signedBefore).update(delivery.body).digest(encoding);
  // Hexadecimal digits mean the same in both cases.
  return claimed.signatures.some((one) => equalTexts(encoding === 'hex' ? one.toLowerCase() : one, expected));
}
