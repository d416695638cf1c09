import type { BlobReference } from '@app/contracts';

/** What a run's row or journal is about to say about a value in blob storage. */
export interface ReferredBlob {
  reference: BlobReference;
  /** The run whose value it is. */
  runId: string;
  /** The run that is written: the one whose value it is, or the one that starts that. */
  writer: string;
  place: 'input' | 'output' | 'journal';
}

/**
 * The first parts of a statement that refers to blobs. Whoever uses them writes nothing for the writers in `lost`.
 *
 * Guarantees: the rows of the blobs are locked, in the order of their ids, until the transaction ends, so that the sweep
 * cannot take one that is found here. A blob that was swept, or is about to be, makes its writer a lost one.
 * @param parameter number of the parameter that holds `referredBlobsValue`
 */
export function referredBlobs(parameter: number): string {
  return `
referred AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($${parameter}::jsonb)
    AS x (id uuid, run_id uuid, writer uuid, place text, reference jsonb)
),
alive AS MATERIALIZED (
  SELECT b.id, b.run_id FROM run_blobs b JOIN referred x ON x.id = b.id AND x.run_id = b.run_id
  WHERE b.status <> 'doomed'
  ORDER BY b.id
  FOR UPDATE OF b
),
lost AS MATERIALIZED (
  SELECT x.writer FROM referred x WHERE NOT EXISTS (SELECT FROM alive a WHERE a.id = x.id AND a.run_id = x.run_id)
),`;
}

/** The part that makes the blobs of written runs kept ones. @param written a table of their ids, `run_id` */
export function keptBlobs(written: string): string {
  return `,
kept_blobs AS (
  UPDATE run_blobs b SET status = 'kept'
  FROM referred x JOIN ${written} w ON w.run_id = x.writer
  WHERE b.id = x.id AND b.run_id = x.run_id AND b.status = 'new'
)`;
}

/** The parameter of `referredBlobs`. */
export function referredBlobsValue(blobs: readonly ReferredBlob[]): string {
  return JSON.stringify(
    blobs.map(({ reference, runId, writer, place }) => ({ id: reference.id, run_id: runId, writer, place, reference })),
  );
}
