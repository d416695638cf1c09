import { isUtf8 } from 'node:buffer';
import { AppError } from '@app/contracts';
import { Webhook } from 'standardwebhooks';
import { headerOf, type Delivery } from '../delivery/delivery.js';
import { equalTexts } from './equal-texts.js';
import { isRecent } from './is-recent.js';

/**
 * Whether a delivery is signed as Standard Webhooks has it (https://www.standardwebhooks.com): an HMAC over
 * `<webhook-id>.<webhook-timestamp>.<body>`. One of the signatures in the header has to be right: there are several
 * while the sender changes its secret. Several secrets may stand in ours, separated by spaces, while we change it.
 *
 * The package makes the signature; its own `verify` takes the clock and the tolerance from nowhere we could name, and
 * reads a body that is not UTF-8 as another one, so such a body is refused here.
 */
export function verifyStandardWebhook(delivery: Delivery, secret: string, toleranceS: number, nowMs: number): boolean {
  const [id, time, header] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(delivery, name),
  );
  if (!id || time === undefined || header === undefined) return false;
  if (!isRecent(time, toleranceS, nowMs) || !isUtf8(delivery.body)) return false;
  const signedAt = new Date(Number(time) * 1_000);
  const given = header.split(' ').filter((signature) => signature.startsWith('v1,'));
  return webhooksOf(secret).some((webhook) => {
    const expected = webhook.sign(id, signedAt, delivery.body);
    return given.some((signature) => equalTexts(signature, expected));
  });
}

/** @throws AppError CONFLICT when the stored secret is none of Standard Webhooks: nobody could sign with it */
function webhooksOf(secret: string): Webhook[] {
  try {
    return secret
      .split(/\s+/)
      .filter((part) => part !== '')
      .map((part) => new Webhook(part));
  } catch (cause) {
    const message = "The workflow's secret is not one of Standard Webhooks: whsec_ and base64.";
    throw new AppError({ code: 'CONFLICT', kind: 'user', message, cause });
  }
}
