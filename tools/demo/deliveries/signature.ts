import { createHmac } from 'node:crypto';

/** The value of X-Hub-Signature-256 (GitHub's "Validating webhook deliveries"). */
export function hubSignature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
