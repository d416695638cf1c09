import { Webhook } from 'standardwebhooks';

/**
 * The headers of a delivery, signed as Standard Webhooks has it (https://www.standardwebhooks.com): one signature for each
 * secret, so that a receiver may still know the one before.
 * @param body what is sent, byte for byte
 */
export function signedHeaders(id: string, body: string, secrets: readonly string[], at: Date): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, at, body));
  return {
    'content-type': 'application/cloudevents+json; charset=UTF-8',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
}
