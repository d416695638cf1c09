import { keptBlobs, referredBlobs, referredBlobsValue } from '@app/database';
import type { QueryConfig } from 'pg';
import { childrenWith } from './commit-parts/children.js';
import type { CommitPart } from './commit-parts/commit-part.js';
import { content } from './commit-parts/content.js';
import { ends } from './commit-parts/ends.js';
import { events } from './commit-parts/events.js';
import { jobs } from './commit-parts/jobs.js';
import { parked } from './commit-parts/parked.js';
import { slots } from './commit-parts/slots.js';
import { commitRunsSql, FIRST_OF_PARTS, IDS_ONLY, WITH_ROWS, type BlobParts } from './commit-runs.sql.js';
import type { RunCommit } from './run-commit.js';

const NO_BLOBS: BlobParts = { referred: '', fenced: '', column: '', value: '', shown: '' };
const plainParts = [parked, jobs, childrenWith({ columns: '', values: '' }), events, content, slots, ends];

const reference = (run: string, place: string): string =>
  `(SELECT x.reference FROM referred x WHERE x.run_id = ${run} AND x.place = '${place}')`;

/** The values that a batch has in blob storage. A run of which one was swept meanwhile is not written, as if it were somebody else's. */
const blobs: CommitPart = {
  name: 'blobs',
  concerns: (row) => row.blobs.length > 0,
  sql: () => keptBlobs('written'),
  values: (rows) => [referredBlobsValue(rows.flatMap((row) => row.blobs))],
};
const partsWithBlobs = [
  // First, so that everybody knows the number of its parameter.
  blobs,
  parked,
  jobs,
  childrenWith({ columns: ', input_blob', values: `, ${reference('known_run.id', 'input')}` }),
  events,
  content,
  slots,
  ends,
];
const BLOBS: BlobParts = {
  referred: referredBlobs(FIRST_OF_PARTS),
  fenced: 'AND c.run_id NOT IN (SELECT writer FROM lost)',
  column: ', output_blob',
  value: `, ${reference('w.run_id', 'output')}`,
  shown: 'output_blob = excluded.output_blob,',
};

/** The parts that batches without, and with, values in blob storage are made of. */
export const partsOfBatches: readonly (readonly CommitPart[])[] = [plainParts, partsWithBlobs];

const prepared = new Map<string, string>();

/** The statement that writes a batch of one owner's runs, prepared for what the batch has to do with. */
export function commitRunsQuery(owner: string, rows: readonly RunCommit[]): QueryConfig {
  const parts = (rows.some(blobs.concerns) ? partsWithBlobs : plainParts).filter((part) => rows.some(part.concerns));
  const values = [...runValues(owner, rows), ...parts.flatMap((part) => part.values(rows))];
  return { ...commitRunsStatement(parts), values };
}

/** @param parts in their order, the one of blobs first */
export function commitRunsStatement(parts: readonly CommitPart[]): { name: string; text: string } {
  const name = ['commit', ...parts.map((part) => part.name)].join('-');
  const text = prepared.get(name) ?? statement(parts);
  prepared.set(name, text);
  return { name, text };
}

function statement(parts: readonly CommitPart[]): string {
  let first = FIRST_OF_PARTS;
  const more = parts.map((part) => {
    const sql = part.sql(first);
    first += part.values([]).length;
    return sql;
  });
  return commitRunsSql(
    more.join(''),
    parts.includes(blobs) ? BLOBS : NO_BLOBS,
    parts.includes(ends) ? WITH_ROWS : IDS_ONLY,
  );
}

/** The parameters before those of the parts. */
function runValues(owner: string, rows: readonly RunCommit[]): unknown[] {
  return [
    owner,
    rows.map((row) => row.runId),
    rows.map((row) => row.retention),
    rows.map((row) => row.epoch),
    rows.map((row) => row.seq),
    rows.map((row) => row.entriesJson),
    rows.map((row) => row.next.kind),
    rows.map((row) => row.status),
    rows.map((row) => row.outputJson),
    rows.map((row) => row.errorJson),
    rows.map((row) => row.startedAt),
    rows.flatMap((row) => row.readInbox),
  ];
}
