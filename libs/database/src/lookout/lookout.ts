import { Periodic } from '@app/observability';
import type { Pool, QueryConfig } from 'pg';
import { isConnectionLost } from '../pg-errors.js';

/** Something that may be there to do, as a part of the statement that looks for all of it. */
export interface Watch<Answer = boolean> {
  /** Names the answer; no other watch of the lookout has it. */
  name: string;
  /**
   * An SQL expression, in which `$1` is `value`. It is asked for ever, so it has to cost a few blocks however much the tables
   * hold: `(SELECT … ORDER BY … LIMIT 1)` in the order of a partial index reads that index. It may say that there is
   * something when there is nothing that can be done, and never the reverse.
   */
  sql: string;
  value?: () => unknown;
  /** Longest time between two looks, in ms. */
  everyMs: number;
  /** Takes the answer. `askedAt` is when the question was put, by the clock of `performance.now()`. Must not throw. */
  seen: (answer: Answer | null, askedAt: number) => void;
}

export interface LookoutOptions {
  pool: Pick<Pool, 'query'>;
  log: { log: (message: string) => void; error: (message: string) => void };
}

/** By the names of the watches. */
type Answers = Record<string, unknown>;

interface Asked {
  watch: Watch<unknown>;
  at: number;
}

/**
 * Looks in the database for whatever a process has to do, in one statement for all of it: with nothing to do, a process
 * costs as much as it wakes up and asks, not what it is told. What is found is then done by who watches for it.
 *
 * Guarantees: each watch is asked in its `everyMs`, whether or not anybody hints at something. When the statement fails for
 * another reason than a lost connection, each is asked alone, and only the culprit is not answered.
 */
export class Lookout {
  private readonly watches: Asked[] = [];
  private periodic: Periodic | undefined;
  private everyMs = Infinity;

  constructor(private readonly options: LookoutOptions) {}

  /** Adds something to look for; before the start. */
  watch<Answer = boolean>(watch: Watch<Answer>): void {
    const seen = (answer: unknown, askedAt: number): void => watch.seen(answer as Answer | null, askedAt);
    this.watches.push({ watch: { ...watch, seen }, at: Number.NEGATIVE_INFINITY });
    this.everyMs = Math.min(this.everyMs, watch.everyMs);
  }

  start(): void {
    const { everyMs } = this;
    const task = (): Promise<void> => this.look();
    this.periodic = new Periodic({ name: 'Looking for work', everyMs, gapMs: everyMs, task, log: this.options.log });
    this.periodic.start();
  }

  /** Waits for the look under way. */
  async stop(): Promise<void> {
    await this.periodic?.stop();
  }

  private async look(): Promise<void> {
    const { pool } = this.options;
    const askedAt = performance.now();
    // Timers are not exact, and the next turn is a whole one later.
    const isDue = ({ watch, at }: Asked): boolean => askedAt - at > watch.everyMs - this.everyMs / 2;
    const due = new Set(this.watches.filter(isDue));
    try {
      const { rows } = await pool.query<Answers>({ name: 'look', ...statementOf(this.watches, due) });
      tell(due, rows[0] ?? {}, askedAt);
    } catch (error) {
      if (isConnectionLost(error)) throw error;
      for (const one of due) await this.askAlone(one, askedAt);
      throw error;
    }
  }

  private async askAlone(one: Asked, askedAt: number): Promise<void> {
    const alone = new Set([one]);
    const answered = await this.options.pool.query<Answers>(statementOf([one], alone)).catch(() => undefined);
    if (answered !== undefined) tell(alone, answered.rows[0] ?? {}, askedAt);
  }
}

/** Always the same text, so that it is planned once: what is not due is left out when it is executed. */
function statementOf(all: readonly Asked[], due: ReadonlySet<Asked>): QueryConfig {
  const values: unknown[] = [];
  const next = (value: unknown): string => `$${values.push(value)}`;
  const columns = all.map((one) => {
    const { name, sql, value } = one.watch;
    const isDue = next(due.has(one));
    const asked = value === undefined ? sql : sql.replaceAll('$1', next(value()));
    return `CASE WHEN ${isDue}::boolean THEN (${asked}) END AS "${name}"`;
  });
  return { text: `SELECT ${columns.join(',\n')}`, values };
}

function tell(due: ReadonlySet<Asked>, row: Answers, askedAt: number): void {
  for (const one of due) {
    one.at = askedAt;
    one.watch.seen(row[one.watch.name] ?? null, askedAt);
  }
}
