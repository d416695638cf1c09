/** What a statement says besides when values of its batch are in blob storage. */
export interface BlobParts {
  /** The first common table expressions. */
  referred: string;
  /** Which runs are refused besides. */
  fenced: string;
  /** What the row of a run says. */
  shown: string;
}

/** Number of the first parameter that a part may have. */
export const FIRST_OF_PARTS = 14;

/**
 * Writes what happened to a batch of runs: journal, run row, inbox and claim, and what the parts add to it, in one statement and
 * one commit.
 *
 * Guarantees
 * - Fenced: only for runs whose claim has this owner and this epoch. The claim's row is locked first, in the order of
 *   ids, so that two batches cannot deadlock and nobody else can change the run in between.
 * - All or nothing for each run: a job, an intent and an output exist together or not at all.
 * - Repeating it changes nothing: journal rows, jobs and runs have ids made by the writer.
 * - It locks no claims but those of the batch.
 *
 * $1 owner; $2 … $11 a run each; $12 the retention classes that occur, which with the ids keeps PostgreSQL
 * from opening other partitions; $13 inbox rows that were taken into a journal.
 * @param parts their SQL, see `CommitPart`
 */
export function commitRunsSql(parts: string, blobs: BlobParts): string {
  return `
WITH ${blobs.referred}
incoming AS (
  SELECT * FROM unnest(
    $2::uuid[], $3::smallint[], $4::integer[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
    $10::jsonb[], $11::timestamptz[]
  ) AS i (run_id, retention, epoch, seq, entries, next, status, output, error, started_at)
),
written AS MATERIALIZED (
  SELECT i.* FROM claims c JOIN incoming i ON i.run_id = c.run_id
  WHERE c.owner = $1 AND c.epoch = i.epoch ${blobs.fenced}
  ORDER BY c.run_id
  FOR UPDATE OF c
),
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
    AND r.retention = ANY($12::smallint[]) AND r.id = ANY($2::uuid[])
),
read AS (
  DELETE FROM run_inbox b USING written w
  WHERE b.run_id = w.run_id AND (b.id = ANY($13::uuid[]) OR w.next = 'finish')
),
finished AS (DELETE FROM claims c USING written w WHERE w.next = 'finish' AND c.run_id = w.run_id)${parts}
SELECT run_id FROM written`;
}

/** Of a batch that was sent twice because nobody knew its fate: the runs that the first sending had written. */
export const alreadyCommittedSql = `
SELECT j.run_id FROM run_journal j
JOIN unnest($1::uuid[], $2::smallint[], $3::integer[], $4::integer[]) AS i (run_id, retention, epoch, seq)
  ON j.retention = i.retention AND j.run_id = i.run_id AND j.seq = i.seq AND j.epoch = i.epoch`;
