import { MOST_HANDED_TEXT, type HandedRun, type ReplicaRoom } from '@app/contracts';
import type { AcceptedRun, Acknowledgements, RunRequest } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { ReplicaRooms } from './replica-rooms.js';

/** Longest input that goes over Redis, in characters of its JSON; a run with a longer one is looked for in the database. */
const MOST_INPUT = 8_192;

/**
 * Has runs accepted in the name of a replica that has room for them, and tells it: it begins them without a query and a
 * commit of its own. What does not reach it, it finds in the database as claimed and not begun.
 */
@Injectable()
export class RunHandOver {
  private readonly rooms = new ReplicaRooms();

  constructor(private readonly bus: CommandBus<'gateway'>) {}

  hear(room: ReplicaRoom): void {
    this.rooms.hear(room);
  }

  /** The runs as they are to be accepted: some of them in the name of a replica. */
  offer(rows: readonly RunRequest[]): readonly RunRequest[] {
    const small = rows.filter(isSmall);
    const place = small.length > 0 && this.bus.isUp() ? this.rooms.take(small.length) : undefined;
    if (place === undefined) return rows;
    const handed = new Set(small.slice(0, place.count));
    return rows.map((row) => (handed.has(row) ? { ...row, owner: place.owner } : row));
  }

  /** Tells the replica of those that were accepted in its name. */
  tell(rows: readonly RunRequest[], accepted: Acknowledgements<AcceptedRun>): void {
    let owner: string | undefined;
    let texts: string[] = [];
    let length = 0;
    for (const row of rows) {
      const run = accepted.get(row.id);
      if (row.owner === undefined || run?.handedAt === undefined) continue;
      const text = textOf(row, run, run.handedAt);
      if (length + text.length > MOST_HANDED_TEXT / 2) {
        this.send(owner, texts);
        [texts, length] = [[], 0];
      }
      ({ owner } = row);
      texts.push(text);
      length += text.length;
    }
    this.send(owner, texts);
  }

  private send(owner: string | undefined, texts: readonly string[]): void {
    if (owner !== undefined && texts.length > 0) this.bus.publish('runs.handed', { owner, runs: `[${texts.join()}]` });
  }
}

function isSmall({ inputBlob, inputJson }: RunRequest): boolean {
  return inputBlob === undefined && (inputJson?.length ?? 0) <= MOST_INPUT;
}

/** The input is JSON already. */
function textOf(row: RunRequest, { workflowVersion, retention }: AcceptedRun, handedAt: Date): string {
  const run: Omit<HandedRun, 'input'> = {
    run_id: row.id,
    retention,
    workflow_id: row.workflowId,
    version: workflowVersion,
    user_id: row.userId,
    accepted_at: handedAt.toISOString(),
    trigger: row.trigger,
    correlation_id: row.correlationId,
    tags: row.tags,
    depth: row.depth ?? 0,
    watched: row.watched === true,
  };
  return `${JSON.stringify(run).slice(0, -1)},"input":${row.inputJson ?? 'null'}}`;
}
