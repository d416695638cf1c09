import { runColumns } from '@app/database';

/** What a statement says besides when values of its batch are in blob storage. */
export interface BlobParts {
  /** The first common table expressions. */
  referred: string;
  /** Which runs are refused besides. */
  fenced: string;
  /** What the row of a run says besides: a column, its value, and how it is set. */
  column: string;
  value: string;
  shown: string;
}

/** What a statement answers. */
export interface AnswerParts {
  /** What the rows of its runs return. */
  returning: string;
  answer: string;
}

export const IDS_ONLY: AnswerParts = { returning: '', answer: 'SELECT run_id FROM written' };

/** Each run once: as the row that was written, or as one that was left as it was. A join would compare each with each. */
export const WITH_ROWS: AnswerParts = {
  returning: `RETURNING ${runColumns}`,
  answer: `SELECT id AS run_id, * FROM shown
UNION ALL SELECT run_id, run_id${', NULL'.repeat(runColumns.split(',').length - 1)} FROM written WHERE status IS NULL`,
};

/** Number of the first parameter that a part may have. */
export const FIRST_OF_PARTS = 13;

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
 * - What it costs depends on the batch alone: each row is found by its key. That is how `keyedPool` plans it, once for all
 *   batches. A run's row is written by an insert that always conflicts, because the row is there as long as the claim is: an
 *   insert finds its one partition by itself, where an update would open all, or be planned anew for each batch.
 *
 * $1 owner; $2 … $11 a run each; $12 inbox rows that were taken into a journal.
 * @param parts their SQL, see `CommitPart`
 */
export function commitRunsSql(parts: string, blobs: BlobParts, { returning, answer }: AnswerParts): string {
  return `
WITH ${blobs.referred}
incoming AS (
  SELECT * FROM unnest(
    $2::uuid[], $3::smallint[], $4::integer[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
    $10::jsonb[], $11::timestamptz[]
  ) AS i (run_id, retention, epoch, seq, entries, next, status, output, error, started_at)
),
written AS MATERIALIZED (
  SELECT i.*, held.* FROM (SELECT * FROM incoming ORDER BY run_id) i
  CROSS JOIN LATERAL (
    SELECT c.workflow_id, c.version, c.user_id FROM claims c
    WHERE c.run_id = i.run_id AND c.owner = $1 AND c.epoch = i.epoch ${blobs.fenced}
    FOR UPDATE OF c
  ) held
),
journaled AS (
  INSERT INTO run_journal (run_id, retention, seq, epoch, entries)
  SELECT run_id, retention, seq, epoch, entries::json FROM written WHERE entries IS NOT NULL
  ON CONFLICT DO NOTHING
  RETURNING run_id
),
shown AS (
  INSERT INTO workflow_runs AS r
    (retention, id, workflow_id, version, user_id, trigger, status, output, error, started_at, completed_at${blobs.column})
  SELECT retention, run_id, workflow_id, version, user_id, '{}', status, output, error, started_at,
         CASE WHEN next = 'finish' THEN now() END${blobs.value}
  FROM written w WHERE status IS NOT NULL
  ON CONFLICT (retention, id) DO UPDATE SET
    status = excluded.status, output = excluded.output, error = excluded.error, ${blobs.shown}
    started_at = coalesce(r.started_at, excluded.started_at), completed_at = excluded.completed_at, updated_at = now()
  ${returning}
),
read AS (
  DELETE FROM run_inbox b USING written w
  WHERE b.run_id = ANY($2::uuid[]) AND b.run_id = w.run_id AND (b.id = ANY($12::uuid[]) OR w.next = 'finish')
),
finished AS (DELETE FROM claims c USING written w WHERE w.next = 'finish' AND c.run_id = w.run_id)${parts}
${answer}`;
}

/** Of a batch that was sent twice because nobody knew its fate: the runs that the first sending had written. */
export const alreadyCommittedSql = `
SELECT j.run_id FROM run_journal j
JOIN unnest($1::uuid[], $2::smallint[], $3::integer[], $4::integer[]) AS i (run_id, retention, epoch, seq)
  ON j.retention = i.retention AND j.run_id = i.run_id AND j.seq = i.seq AND j.epoch = i.epoch`;
