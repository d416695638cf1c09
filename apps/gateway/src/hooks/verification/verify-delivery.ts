import type { WebhookVerification } from '@app/definition';
import { headerOf, type Delivery } from '../delivery/delivery.js';
import { equalTexts } from './equal-texts.js';
import { DEFAULT_TOLERANCE_S, verifyHmac } from './verify-hmac.js';
import { verifyStandardWebhook } from './verify-standard-webhook.js';

/**
 * Whether a delivery comes from somebody who knows the secret.
 * @param secret undefined when the secret that the rules name does not exist: then nobody knows it
 */
export function verifyDelivery(
  delivery: Delivery,
  verify: WebhookVerification,
  secret: string | undefined,
  nowMs: number,
): boolean {
  switch (verify.type) {
    case 'none':
      return true;
    case 'bearer':
      return secret !== undefined && equalTexts(bearerToken(delivery), secret);
    case 'hmac':
      return secret !== undefined && verifyHmac(delivery, verify, secret, nowMs);
    case 'standard-webhooks': {
      const toleranceS = verify.tolerance_s ?? DEFAULT_TOLERANCE_S;
      return secret !== undefined && verifyStandardWebhook(delivery, secret, toleranceS, nowMs);
    }
  }
}

/** RFC 6750 §2.1; the scheme is case-insensitive (RFC 9110 §11.1). No token is the empty one, which no secret is. */
function bearerToken(delivery: Delivery): string {
  return /^bearer +(.+)$/i.exec(headerOf(delivery, 'authorization') ?? '')?.[1] ?? '';
}
