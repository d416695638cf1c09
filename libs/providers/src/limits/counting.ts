import type { Pool } from 'pg';
import { countingSql, publishCountingSql } from './counting.sql.js';
import type { LimitTimes } from './limit-times.js';

/** A replica that makes calls, or did and died. */
export interface ReplicaRow {
  id: string;
  isApart: boolean;
  isDead: boolean;
}

/** What the replicas said at a time of `now`. */
export interface CountingRead {
  rows: readonly ReplicaRow[];
  at: number;
}

/** Where permits are shared. */
export interface SharedMemory {
  isThere(): Promise<boolean>;
  forget(): Promise<boolean>;
}

/** How calls are counted: together in Redis, or by each replica with its part of each limit. */
export type Way = { isApart: false } | { isApart: true; replicas: number; rank: number };

interface Adopted {
  way: Way;
  /** What everybody has to have read for it. */
  of: string;
  since: number;
}

export interface CountingOptions {
  pool: Pick<Pool, 'query'>;
  shared: SharedMemory;
  /** This process among the replicas; undefined while it has no right to work. */
  replicaId: () => string | undefined;
  times: LimitTimes;
  /** ms of a clock that only goes forward. */
  now: () => number;
}

/**
 * Agrees with the other replicas, by rows in PostgreSQL, on how calls are counted (docs/adr/0029-integrations.md). All count
 * together while each of them reaches Redis; as soon as one does not, each counts by itself. Nobody goes by what it read
 * longer than `stale` ago, and whoever begins to count by itself has waited until nobody counts otherwise any more.
 */
export class Counting {
  private adopted: Adopted | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private answeredAt: number;
  private isApart = false;
  /** Whether permits may have been given that Redis knows nothing of; undefined before the first look. */
  private gaveUnknown: boolean | undefined;

  constructor(private readonly options: CountingOptions) {
    this.answeredAt = options.now();
  }

  /** How calls are counted at the moment, and since when; undefined while that is not known for certain. */
  get current(): { way: Way; since: number } | undefined {
    return this.options.now() - this.readAt <= this.options.times.stale ? this.adopted : undefined;
  }

  /**
   * Looks at Redis and at the others, and tells them. To be called again and again.
   * @param read what somebody has read just now. It is read again when it does not say yet what this process has to say
   */
  async look(read?: CountingRead): Promise<void> {
    const id = this.options.replicaId();
    if (id === undefined) return this.adopt(undefined);
    await this.lookAtRedis();
    const isNews = read !== undefined && read.at > this.readAt;
    const { rows, at } = isNews && this.isPublished(read.rows, id) ? read : await this.publish(id);
    await this.adoptFrom(rows, id);
    this.readAt = at;
  }

  private isPublished(rows: readonly ReplicaRow[], id: string): boolean {
    return rows.some((row) => row.id === id && row.isApart === this.isApart);
  }

  private async publish(id: string): Promise<CountingRead> {
    const { pool, now } = this.options;
    await pool.query({ name: 'publish-counting', text: publishCountingSql, values: [id, this.isApart] });
    const at = now();
    const { rows } = await pool.query<{ replicas: ReplicaRow[] | null }>({
      name: 'read-counting',
      text: `SELECT ${countingSql} AS replicas`,
    });
    return { rows: rows[0]?.replicas ?? [], at };
  }

  private async lookAtRedis(): Promise<void> {
    const { shared, times, now } = this.options;
    // An answer is good for a while; one that brings Redis back is wanted as soon as possible.
    if (!this.isApart && now() - this.answeredAt < times.ask) return;
    const isThere = await shared.isThere();
    if (isThere) this.answeredAt = now();
    if (!this.isApart) this.isApart = now() - this.answeredAt > times.away;
    else if (isThere) this.isApart = false;
  }

  private async adoptFrom(rows: readonly ReplicaRow[], id: string): Promise<void> {
    const live = rows.filter(({ isDead }) => !isDead);
    const rank = live.findIndex((row) => row.id === id);
    // Those that died before this process began: of later deaths it has seen how they counted.
    this.gaveUnknown ??= live.length < rows.length;
    // Declared dead meanwhile: nobody reckons with this process any more.
    if (rank === -1) return this.adopt(undefined);
    if (!live.some(({ isApart }) => isApart)) return this.countTogether();
    this.gaveUnknown = true;
    this.adopt({ isApart: true, replicas: live.length, rank }, live.map((row) => row.id).join(' '));
  }

  /** Redis is told first that it does not know everything: then it gives nothing until what it does not know is over. */
  private async countTogether(): Promise<void> {
    if (this.gaveUnknown === true && !(await this.options.shared.forget())) return this.adopt(undefined);
    this.gaveUnknown = false;
    this.adopt({ isApart: false }, 'together');
  }

  private adopt(way: Way | undefined, of = ''): void {
    if (way === undefined) this.adopted = undefined;
    else if (this.adopted?.of !== of) this.adopted = { way, of, since: this.options.now() };
  }
}
