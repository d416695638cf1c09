import { createHash } from 'node:crypto';
import { headerOf, type Delivery } from './delivery.js';

/** Headers that say which delivery it is, the same each time the sender tries again: Standard Webhooks, GitHub. */
const idHeaders = ['webhook-id', 'x-github-delivery'];
/** Length of the column. */
const MAX_LENGTH = 255;

/** What makes two deliveries the same one; null when the sender does not say. */
export function deliveryId(delivery: Delivery): string | null {
  const id = idHeaders.map((name) => headerOf(delivery, name)).find((value) => value !== undefined && value !== '');
  return id === undefined ? null : keyOf(id);
}

/** A text as a key that fits its column; long ones stay apart. */
export function keyOf(id: string): string {
  return id.length <= MAX_LENGTH ? id : createHash('sha256').update(id).digest('hex');
}
