import type { RunCommit } from '../run-commit.js';
import type { CommitPart } from './commit-part.js';

/** Runs that wait. One that somebody wakes meanwhile is due at once: the flag is read from the locked row. */
export const parked: CommitPart = {
  name: 'parked',
  concerns: ({ next }) => next.kind === 'park',
  sql: (first) => `,
released AS (
  UPDATE claims c SET
    owner = NULL, in_doubt = p.in_doubt,
    run_at = CASE WHEN c.woken OR c.cancel_requested_at IS NOT NULL THEN now() ELSE coalesce(p.run_at, 'infinity') END
  FROM unnest($${first}::uuid[], $${first + 1}::timestamptz[], $${first + 2}::boolean[]) AS p (run_id, run_at, in_doubt)
  JOIN written w ON w.run_id = p.run_id
  WHERE c.run_id = p.run_id
)`,
  values: (rows) => {
    const parks = rows.flatMap(parkOf);
    return [
      parks.map(({ runId }) => runId),
      parks.map(({ until }) => (until === null ? null : new Date(until))),
      parks.map(({ inDoubt }) => inDoubt),
    ];
  },
};

function parkOf({ runId, next }: RunCommit): { runId: string; until: number | null; inDoubt: boolean }[] {
  return next.kind === 'park' ? [{ runId, until: next.until, inDoubt: next.inDoubt }] : [];
}
