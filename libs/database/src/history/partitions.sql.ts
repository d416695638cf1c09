import { firstIdAt, retentionClasses, type RetentionClass } from '@app/contracts';

const DAY_MS = 86_400_000;

/** Tables whose rows leave by dropping partitions, and the column that holds the run's id. */
const historyTables = [
  { table: 'workflow_runs', idColumn: 'id' },
  { table: 'run_journal', idColumn: 'run_id' },
] as const;

/**
 * How many days of runs one partition of a class holds: short enough that dropping a partition frees space in good
 * time, long enough that a look-up by id over all classes stays a handful of index probes.
 */
const partitionDays: Record<RetentionClass, number> = { 1: 1, 7: 7, 30: 10, 90: 30, 365: 90, 0: 365 };

/** How many partitions exist ahead of the current one, so that a service that was away for a while loses nothing. */
const PARTITIONS_AHEAD = 1;

/**
 * Statements that make sure each retention class has the partition of `now` and the next one, and a default partition.
 * Idempotent; run inside a transaction that holds `PARTITION_LOCK` when several processes may run them.
 */
export function partitionStatements(now: Date): string[] {
  return historyTables.flatMap(({ table, idColumn }) =>
    retentionClasses.flatMap((retention) => {
      const parent = `${table}_r${retention}`;
      return [
        `CREATE TABLE IF NOT EXISTS ${parent} PARTITION OF ${table} FOR VALUES IN (${retention}) PARTITION BY RANGE (${idColumn})`,
        `CREATE TABLE IF NOT EXISTS ${parent}_default PARTITION OF ${parent} DEFAULT`,
        ...rangesFrom(now, partitionDays[retention]).map(
          ({ name, from, to }) =>
            `CREATE TABLE IF NOT EXISTS ${parent}_${name} PARTITION OF ${parent} FOR VALUES FROM ('${from}') TO ('${to}')`,
        ),
      ];
    }),
  );
}

/** Advisory lock under which partitions are made, so that replicas that start together do not collide. */
export const PARTITION_LOCK = 1_795_000_001;

function rangesFrom(now: Date, days: number): { name: string; from: string; to: string }[] {
  const width = days * DAY_MS;
  const current = Math.floor(now.getTime() / width);
  return Array.from({ length: PARTITIONS_AHEAD + 1 }, (_, i) => {
    const start = (current + i) * width;
    return {
      name: new Date(start).toISOString().slice(0, 10).replaceAll('-', ''),
      from: firstIdAt(start),
      to: firstIdAt(start + width),
    };
  });
}
