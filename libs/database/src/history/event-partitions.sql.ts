import { firstIdAt } from '@app/contracts';

const DAY_MS = 86_400_000;

/** Days of events in one partition, and days after whose end it is dropped. */
const PARTITION_DAYS = 10;
const KEPT_DAYS = 30;

/** Statements that make the partitions of events of `now` and of the next period. Idempotent. */
export function eventPartitionStatements(now: Date): string[] {
  const width = PARTITION_DAYS * DAY_MS;
  const current = Math.floor(now.getTime() / width);
  return [current, current + 1].map((period) => {
    const [from, to] = [period * width, (period + 1) * width];
    const name = new Date(from).toISOString().slice(0, 10).replaceAll('-', '');
    return `CREATE TABLE IF NOT EXISTS events_${name} PARTITION OF events
      FOR VALUES FROM ('${firstIdAt(from)}') TO ('${firstIdAt(to)}')`;
  });
}

/** The partitions of events there are, by name; the default one is left out. */
export const eventPartitionsSql = `
SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'events'::regclass AND c.relname ~ '^events_[0-9]{8}$'`;

/**
 * Statements that drop those of the named partitions whose events are all past their retention. What has not been
 * dispatched by then is a month late: it is dropped too, and its row in the hot table finds nothing.
 */
export function dropEventPartitions(names: readonly string[], now: Date): string[] {
  const oldest = now.getTime() - (KEPT_DAYS + PARTITION_DAYS) * DAY_MS;
  return names.flatMap((name) => {
    const [, year, month, day] = /^events_(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
    const start = Date.parse(`${year}-${month}-${day}`);
    return start <= oldest ? [`DROP TABLE ${name}`] : [];
  });
}
