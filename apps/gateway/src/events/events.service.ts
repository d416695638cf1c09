import { RunValues } from '@app/blobs';
import { AppError, newId, type CloudEvent, type EventsAcceptedDto } from '@app/contracts';
import { acceptEvents, Coalescer, type AcceptedEvent, type EventRequest } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';

const MAX_ROWS = 500;
const MAX_BYTES = 4 * 1_048_576;
/** What a request may spend waiting for PostgreSQL to come back before its caller is told to. */
const RETRY_FOR_MS = 3_000;
/** Bytes of a row besides its event. */
const ROW_OVERHEAD = 300;

/** Events in: taken over from those who send them. */
@Injectable()
export class EventsService {
  private readonly events: Coalescer<EventRequest, AcceptedEvent>;

  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly values: RunValues,
  ) {
    this.events = new Coalescer({
      write: (rows) => this.write(rows),
      idOf: ({ id }) => id,
      sizeOf: ({ eventJson }) => ROW_OVERHEAD + eventJson.length,
      refused: ({ id }) =>
        new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: `Event ${id} was not stored.` }),
      maxRows: MAX_ROWS,
      maxBytes: MAX_BYTES,
      retryForMs: RETRY_FOR_MS,
      monotonicNow: () => performance.now(),
      pause,
    });
  }

  /**
   * Resolves once all events are committed: from then on whatever they start is started. When it fails, some may be
   * committed; sent again, those are duplicates.
   * @throws AppError QUOTA_EXCEEDED when the account has no room for large ones in blob storage
   */
  async accept(userId: string, events: readonly CloudEvent[]): Promise<EventsAcceptedDto> {
    const requests = events.map((event) => ({ id: newId(), userId, event, eventJson: JSON.stringify(event) }));
    // What they start cannot be refused any more: there has to be room for their inputs now.
    const large = requests.filter(({ eventJson }) => this.values.isLarge(eventJson));
    if (large.length > 0) await this.values.assertRoom(userId, sumOf(large));
    const answers = await Promise.all(requests.map((request) => this.events.submit(request)));
    const duplicates = answers.filter(({ duplicate }) => duplicate).length;
    return { accepted: answers.length - duplicates, duplicates };
  }

  private async write(rows: readonly EventRequest[]): Promise<ReadonlyMap<string, AcceptedEvent>> {
    const accepted = await acceptEvents(this.pool, rows);
    const count = [...accepted.values()].filter(({ duplicate }) => !duplicate).length;
    if (count > 0) this.bus.publish('events.waiting', { count });
    return accepted;
  }
}

function sumOf(events: readonly EventRequest[]): number {
  return events.reduce((sum, { eventJson }) => sum + Buffer.byteLength(eventJson), 0);
}
