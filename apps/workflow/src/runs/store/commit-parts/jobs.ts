import { jobPriority } from '@app/contracts';
import type { CommitPart } from './commit-part.js';

/** Jobs that steps hand over to the worker service, and those that they no longer want. */
export const jobs: CommitPart = {
  name: 'jobs',
  concerns: ({ jobs: wanted, unwanted }) => wanted.length > 0 || unwanted.jobs.length > 0,
  sql: (first) => `,
queued AS (
  INSERT INTO jobs (id, type, payload, priority, user_id, run_id, path)
  SELECT j.id, j.type, j.payload, j.priority, j.user_id, j.run_id, j.path
  FROM unnest($${first}::uuid[], $${first + 1}::text[], $${first + 2}::jsonb[], $${first + 3}::smallint[],
              $${first + 4}::uuid[], $${first + 5}::uuid[], $${first + 6}::text[])
    AS j (id, type, payload, priority, user_id, run_id, path)
  JOIN written w ON w.run_id = j.run_id
  ON CONFLICT DO NOTHING
),
unwanted AS (
  UPDATE jobs j SET cancel_requested_at = now(), updated_at = now()
  FROM written w WHERE j.run_id = w.run_id AND j.id = ANY($${first + 7}::uuid[]) AND j.status IN ('queued', 'running')
)`,
  values: (rows) => {
    const wanted = rows.flatMap((row) => row.jobs.map((job) => ({ job, row })));
    return [
      wanted.map(({ job }) => job.id),
      wanted.map(({ job }) => job.type),
      wanted.map(({ job }) => JSON.stringify(job.payload)),
      wanted.map(({ job }) => jobPriority(job.type)),
      wanted.map(({ row }) => row.userId),
      wanted.map(({ row }) => row.runId),
      wanted.map(({ job }) => job.path),
      rows.flatMap((row) => row.unwanted.jobs),
    ];
  },
};
