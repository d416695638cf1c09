import type { CloudEvent } from '@app/contracts';
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Acknowledgements } from '../coalescer.js';
import { acceptEventsSql } from './accept-events.sql.js';

/** An event that somebody sent and nobody has promised to look at yet. */
export interface EventRequest {
  /** Made by the receiver with `newId()`, so that writing twice is writing once. */
  id: string;
  userId: string;
  event: CloudEvent;
  /** The event as JSON text. */
  eventJson: string;
}

export interface AcceptedEvent {
  /** An event with this source and id came within the last 24 hours. */
  duplicate: boolean;
}

/** Commits a batch of events. From then on what they start will be started. */
export async function acceptEvents(
  pool: Pick<Pool, 'query'>,
  rows: readonly EventRequest[],
): Promise<Acknowledgements<AcceptedEvent>> {
  const { rows: answers } = await pool.query<{ id: string; is_new: boolean }>({
    name: 'accept-events',
    text: acceptEventsSql,
    values: [
      rows.map(({ id }) => id),
      rows.map(({ userId }) => userId),
      rows.map(({ event }) => event.type),
      rows.map(({ event }) => event.source),
      rows.map(({ event }) => event.id),
      rows.map(({ eventJson }) => eventJson),
      rows.map(({ event }) => eventKey(event)),
    ],
  });
  return new Map(answers.map(({ id, is_new }) => [id, { duplicate: !is_new }]));
}

/** What makes two events of an owner the same one, in 64 characters however long both parts are. */
export function eventKey({ source, id }: CloudEvent): string {
  return createHash('sha256')
    .update(JSON.stringify([source, id]))
    .digest('hex');
}
