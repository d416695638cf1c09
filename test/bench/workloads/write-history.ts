import type { BenchWorld } from '../bench-world.js';
import { pureSteps } from './workload.js';

const PER_STATEMENT = 50_000;

/** Its ids are as old as the runs: the past six days, so that the oldest are in last week's partition. */
const insertFinished = `
  WITH made AS (
    SELECT (lpad(to_hex(floor(extract(epoch FROM now() - i * interval '500 milliseconds') * 1000)::bigint), 12, '0') ||
            '7' || lpad(to_hex(i % 4096), 3, '0') || '8' || substr(md5(i::text), 1, 15))::uuid AS id
    FROM generate_series($3::int, $3::int + $4::int - 1) AS i
  ), runs AS (
    INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, status, trigger, input, output, started_at, completed_at)
    SELECT id, 30, $1, 1, $2, 'completed', '{"type": "manual"}', '{"name": "a thing", "price": 12.5, "count": 3}', '45', now(), now()
    FROM made RETURNING id
  )
  INSERT INTO run_journal (run_id, retention, seq, epoch, entries)
  SELECT id, 30, 1, 1, $5::json FROM runs`;

const journal = JSON.stringify(
  pureSteps.map(({ id }) => ({
    type: 'step.completed',
    path: id,
    at: Date.now(),
    attempt: 1,
    started_at: Date.now(),
    output: { name: 'a thing', total: 37.5 },
  })),
);

/**
 * Writes runs that are over, each with its journal: of the numbers `from` to `to`, the first of them the newest. They are a
 * history, so what PostgreSQL does with new rows a while after they were written is done with them: it does not fall into
 * the measurement.
 */
export async function writeHistory(
  { db, account }: BenchWorld,
  workflowId: string,
  { from, to }: { from: number; to: number },
): Promise<void> {
  for (let made = from; made < to; made += PER_STATEMENT) {
    await db.query(insertFinished, [workflowId, account.id, made, Math.min(PER_STATEMENT, to - made), journal]);
  }
  await db.query('VACUUM (ANALYZE)');
  await db.query('CHECKPOINT');
}
