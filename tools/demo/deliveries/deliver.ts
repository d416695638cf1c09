import type { HookAcceptedDto } from '@app/contracts';
import { randomUUID } from 'node:crypto';
import { patientFetch } from '../platform/patient-fetch.js';
import type { Payload } from './payloads.js';
import { hubSignature } from './signature.js';

/** A payload on its way, with the id that GitHub gives to each delivery. */
export interface Delivery extends Payload {
  id: string;
}

/** How the hook answered. */
export interface Receipt {
  delivery: Delivery;
  status: number;
  /** Of the run that the delivery started; undefined when it was not accepted. */
  runId: string | undefined;
}

/** A delivery with an id of its own. */
export function newDelivery(payload: Payload): Delivery {
  return { ...payload, id: randomUUID() };
}

/** Posts a delivery as GitHub does. Repeating it is safe: the platform knows deliveries by their ids. */
export async function deliver(hookUrl: string, delivery: Delivery, secret: string): Promise<Receipt> {
  const { status, body } = await patientFetch(hookUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/demonstration',
      'x-github-event': delivery.event,
      'x-github-delivery': delivery.id,
      'x-hub-signature-256': hubSignature(secret, delivery.body),
    },
    body: delivery.body,
  });
  return { delivery, status, runId: status === 202 ? (body as HookAcceptedDto).run_id : undefined };
}
