import { keptBlobs, referredBlobs } from './referred-blobs.sql.js';

/** What the statement that accepts runs has besides when inputs of its batch are in blob storage. */
export interface BlobParts {
  blobs: string;
  found: string;
  known: string;
  column: string;
  value: string;
  kept: string;
  is_lost: string;
}

export const noBlobs: BlobParts = { blobs: '', found: '', known: '', column: '', value: '', kept: '', is_lost: '' };

/** @param parameter number of the parameter that holds `referredBlobsValue` */
export function withBlobs(parameter: number): BlobParts {
  return {
    blobs: referredBlobs(parameter),
    found: ', i.id IN (SELECT writer FROM lost) AS is_lost',
    known: 'AND NOT is_lost',
    column: ', input_blob',
    value: ', (SELECT x.reference FROM referred x WHERE x.run_id = fresh.id)',
    kept: keptBlobs('(SELECT id AS run_id FROM run)'),
    is_lost: ', f.is_lost',
  };
}
