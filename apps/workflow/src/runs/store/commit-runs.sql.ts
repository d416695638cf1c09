import { dueSince, keptBlobs, referredBlobs } from '@app/database';
import { eventParts } from './commit-events.sql.js';
import { slotParts } from './commit-slots.sql.js';

/** What a batch has to do with. Most have to do with none of it, and their statement knows of none. */
export interface BatchKind {
  withEvents?: boolean;
  withSlots?: boolean;
  /** A run of which a value was swept meanwhile is not written, as if it were somebody else's. */
  withBlobs?: boolean;
}

const prepared = new Map<string, { name: string; text: string }>();

/**
 * The statement for a batch, and the name that it is prepared under. After the parameters of every batch come those of events
 * (commit-events.sql.ts), of slots (commit-slots.sql.ts) and of values in blob storage (referred-blobs.sql.ts), in this order.
 */
export function commitRunsStatement({ withEvents, withSlots, withBlobs }: BatchKind): { name: string; text: string } {
  const name = ['commit-runs', withEvents && 'events', withSlots && 'slots', withBlobs && 'blobs']
    .filter(Boolean)
    .join('-');
  const known = prepared.get(name);
  if (known !== undefined) return known;
  const firstOfSlots = withEvents ? 42 : 38;
  const firstOfBlobs = withSlots ? firstOfSlots + 2 : firstOfSlots;
  const more = (withEvents ? eventParts : '') + (withSlots ? slotParts(firstOfSlots) : '');
  const made = { name, text: statement(more, withBlobs ? blobParts(firstOfBlobs) : noBlobs()) };
  prepared.set(name, made);
  return made;
}

interface BlobParts {
  referred: string;
  fenced: string;
  shown: string;
  column: string;
  value: string;
  kept: string;
}

function noBlobs(): BlobParts {
  return { referred: '', fenced: '', shown: '', column: '', value: '', kept: '' };
}

function blobParts(parameter: number): BlobParts {
  const reference = (run: string, place: string): string =>
    `(SELECT x.reference FROM referred x WHERE x.run_id = ${run} AND x.place = '${place}')`;
  return {
    referred: referredBlobs(parameter),
    fenced: 'AND c.run_id NOT IN (SELECT writer FROM lost)',
    shown: `output_blob = ${reference('w.run_id', 'output')},`,
    column: ', input_blob',
    value: `, ${reference('known_run.id', 'input')}`,
    kept: keptBlobs('fenced'),
  };
}

/**
 * Writes what happened to a batch of runs: journal, run row, jobs, runs that they start, inbox and claim, in one
 * statement and one commit.
 *
 * Guarantees
 * - Fenced: only for runs whose claim has this owner and this epoch. The claim's row is locked first, in the order of
 *   ids, so that two batches cannot deadlock and nobody else can change the run in between.
 * - All or nothing for each run: a job, an intent and an output exist together or not at all.
 * - A run that is parked while somebody wakes it is due at once: the flag is read from the locked row.
 * - Repeating it changes nothing: journal rows, jobs and runs have ids made by the writer.
 * - A run whose workflow does not exist is not started, and whoever waits for it is told so.
 * - It locks no claims but those of the batch: waking a parent and cancelling a child are left to the delivery.
 *
 * $1 owner; $2 … $13 a run each; $14 the retention classes that occur, $15 and $16 the lowest and highest run id, so
 * that the other partitions are not even opened; $17 … $23 a job each; $24 inbox rows that were taken into a journal;
 * $25 jobs that are no longer wanted; $26 … $34 a run to start each; $35 started runs that are no longer wanted; $36 runs
 * of the batch that another run waits for; $37 those that have started runs.
 */
function statement(more: string, blobs: BlobParts): string {
  return `
WITH ${blobs.referred}
incoming AS (
  SELECT * FROM unnest(
    $2::uuid[], $3::smallint[], $4::integer[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
    $10::boolean[], $11::jsonb[], $12::jsonb[], $13::timestamptz[]
  ) AS i (run_id, retention, epoch, seq, entries, next, status, run_at, in_doubt, output, error, started_at)
),
fenced AS MATERIALIZED (
  SELECT c.run_id FROM claims c JOIN incoming i ON i.run_id = c.run_id
  WHERE c.owner = $1 AND c.epoch = i.epoch ${blobs.fenced}
  ORDER BY c.run_id
  FOR UPDATE OF c
),
written AS MATERIALIZED (SELECT i.* FROM incoming i JOIN fenced f ON f.run_id = i.run_id),
journaled AS (
  INSERT INTO run_journal (run_id, retention, seq, epoch, entries)
  SELECT run_id, retention, seq, epoch, entries::json FROM written WHERE entries IS NOT NULL
  ON CONFLICT DO NOTHING
  RETURNING run_id
),
shown AS (
  UPDATE workflow_runs r SET
    status = w.status, output = w.output, error = w.error, ${blobs.shown}
    started_at = coalesce(r.started_at, w.started_at),
    completed_at = CASE WHEN w.next = 'finish' THEN now() END,
    updated_at = now()
  FROM written w
  WHERE w.status IS NOT NULL
    AND r.retention = w.retention AND r.id = w.run_id
    AND r.retention = ANY($14::smallint[]) AND r.id BETWEEN $15::uuid AND $16::uuid
),
queued AS (
  INSERT INTO jobs (id, type, payload, priority, user_id, run_id, path)
  SELECT j.id, j.type, j.payload, j.priority, j.user_id, j.run_id, j.path
  FROM unnest($17::uuid[], $18::text[], $19::jsonb[], $20::smallint[], $21::uuid[], $22::uuid[], $23::text[])
    AS j (id, type, payload, priority, user_id, run_id, path)
  JOIN fenced f ON f.run_id = j.run_id
  ON CONFLICT DO NOTHING
),
read AS (
  DELETE FROM run_inbox b USING written w
  WHERE b.run_id = w.run_id AND (b.id = ANY($24::uuid[]) OR w.next = 'finish')
),
unwanted AS (
  UPDATE jobs j SET cancel_requested_at = now(), updated_at = now()
  FROM fenced f WHERE j.run_id = f.run_id AND j.id = ANY($25::uuid[]) AND j.status IN ('queued', 'running')
),
wanted_run AS MATERIALIZED (
  SELECT n.* FROM unnest(
    $26::uuid[], $27::uuid[], $28::uuid[], $29::uuid[], $30::jsonb[], $31::jsonb[], $32::text[], $33::jsonb[], $34::smallint[]
  ) AS n (id, parent_id, workflow_id, user_id, trigger, input, correlation_id, tags, depth)
  JOIN fenced f ON f.run_id = n.parent_id
),
known_run AS MATERIALIZED (
  SELECT n.*, w.version, w.retention, ${dueSince('w')} AS run_at FROM wanted_run n
  JOIN workflows w ON w.id = n.workflow_id AND w.user_id = n.user_id AND w.deleted_at IS NULL
),
started AS (
  INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger, input, correlation_id, tags, depth${blobs.column})
  SELECT id, retention, workflow_id, version, user_id, trigger, input, correlation_id,
         ARRAY(SELECT jsonb_array_elements_text(tags)), depth${blobs.value}
  FROM known_run
  ON CONFLICT DO NOTHING
  RETURNING id, retention, workflow_id, version, user_id
),
claimable AS (
  INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at)
  SELECT s.id, s.retention, s.workflow_id, s.version, s.user_id, k.run_at FROM started s JOIN known_run k ON k.id = s.id
),
awaited AS (
  INSERT INTO child_runs (run_id, retention, parent_id, status)
  SELECT n.id, k.retention, n.parent_id, CASE WHEN k.id IS NULL THEN 'refused' ELSE 'running' END
  FROM wanted_run n LEFT JOIN known_run k ON k.id = n.id
  WHERE n.trigger->>'mode' = 'joined'
  ON CONFLICT DO NOTHING
),
abandoned AS (
  UPDATE child_runs c SET cancel_requested_at = now()
  FROM fenced f WHERE c.parent_id = f.run_id AND c.run_id = ANY($35::uuid[]) AND c.status = 'running'
),
ended AS (
  UPDATE child_runs c SET status = w.status
  FROM written w WHERE w.next = 'finish' AND w.run_id = ANY($36::uuid[]) AND c.run_id = w.run_id
),
forgotten AS (
  DELETE FROM child_runs c USING written w
  WHERE w.next = 'finish' AND w.run_id = ANY($37::uuid[]) AND c.parent_id = w.run_id
    AND NOT c.run_id = ANY($35::uuid[]) AND (c.cancel_requested_at IS NULL OR c.cancel_delivered_at IS NOT NULL)
),
released AS (
  UPDATE claims c SET
    owner = NULL, in_doubt = w.in_doubt,
    run_at = CASE WHEN c.woken OR c.cancel_requested_at IS NOT NULL THEN now() ELSE coalesce(w.run_at, 'infinity') END
  FROM written w WHERE w.next = 'park' AND c.run_id = w.run_id
),
finished AS (DELETE FROM claims c USING written w WHERE w.next = 'finish' AND c.run_id = w.run_id)${more}${blobs.kept}
SELECT run_id FROM fenced`;
}

/** Of a batch that was sent twice because nobody knew its fate: the runs that the first sending had written. */
export const alreadyCommittedSql = `
SELECT j.run_id FROM run_journal j
JOIN unnest($1::uuid[], $2::smallint[], $3::integer[], $4::integer[]) AS i (run_id, retention, epoch, seq)
  ON j.retention = i.retention AND j.run_id = i.run_id AND j.seq = i.seq AND j.epoch = i.epoch`;
