import type { RetentionClass } from '@app/contracts';

/**
 * The partitions of one retention class in the order of their ranges, with the id that ends each. The default partition
 * and the one of runs that were moved on are not among them. $1 name of the class's table.
 */
export const partitionsSql = `
SELECT part.relname AS name, bound.upper
FROM pg_inherits i
JOIN pg_class part ON part.oid = i.inhrelid
CROSS JOIN LATERAL (
  SELECT (regexp_match(pg_get_expr(part.relpartbound, part.oid), 'FROM \\(''.+''\\) TO \\(''(.+)''\\)'))[1]::uuid AS upper
) bound
WHERE i.inhparent = to_regclass($1) AND bound.upper IS NOT NULL
ORDER BY bound.upper`;

/**
 * The runs below an id that somebody still needs: unfinished ones, whether executed, parked or in doubt, have a claim; a
 * finished one may have an output that the run which started it has not read yet; and who ended lately is shown as long
 * as one that ended as soon as it was started.
 *
 * Guarantees: a run that is not among them never will be, since nothing makes a finished run unfinished. So it may be
 * asked before the locks. $1 retention class, $2 the id, $3 finished since.
 */
export const neededRunsSql = `
SELECT r.id FROM workflow_runs r
WHERE r.retention = $1 AND r.id < $2
  AND (r.completed_at >= $3
    OR EXISTS (SELECT FROM claims c WHERE c.run_id = r.id)
    OR EXISTS (SELECT FROM child_runs c WHERE c.run_id = r.id))`;

/**
 * Unfinished runs below an id. Asked once more under the locks, for a run that was accepted with an old id meanwhile.
 * $1 retention class, $2 the id.
 */
export const claimedRunsSql = 'SELECT run_id AS id FROM claims WHERE retention = $1 AND run_id < $2';

/**
 * What is kept beside runs only for as long as they are not over, of runs below an id that are. Goes by the range of an
 * index. $1 the id.
 */
export const leftoversSql = ['effect_ledger', 'run_inbox', 'event_waits'].map(
  (table) =>
    `DELETE FROM ${table} l WHERE l.run_id < $1 AND NOT EXISTS (SELECT FROM claims c WHERE c.run_id = l.run_id)`,
);

/** Rows outside all ranges, counted to a limit. $1 the limit. */
export const defaultRowsSql = (table: string): string =>
  `SELECT count(*)::int AS rows FROM (SELECT FROM ${table} LIMIT $1) AS r`;

/** The history tables, and the column that holds the run's id. */
export const historyTables = [
  { table: 'workflow_runs', id: 'id' },
  { table: 'run_journal', id: 'run_id' },
] as const;

/** The table of a class, the partition of runs that were moved on, and the one of what is outside all ranges. */
export function namesOf(table: string, retention: RetentionClass): { parent: string; kept: string; outside: string } {
  const parent = `${table}_r${retention}`;
  return { parent, kept: `${parent}_kept`, outside: `${parent}_default` };
}
