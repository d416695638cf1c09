import { BlobMissingError, type BlobStorage } from '@app/blobs';
import type { Pool } from 'pg';
import { exportStatement, type ExportSection } from './export-section.js';
import { exportSections } from './export-sections.js';

interface ExportedRow {
  key: string[];
  json: string;
}

/**
 * Everything that is held about a person and their machines, as one JSON document in pieces. The next rows are read when
 * the ones before have been taken, over no connection of its own, so that neither memory nor the database waits for a
 * slow reader. Rows that change meanwhile may be shown as they were or as they are.
 * @param storage where the large values are
 * @param accounts the person's and their machines' ids
 */
export async function* accountExport(
  pool: Pool,
  storage: BlobStorage,
  accounts: readonly string[],
): AsyncGenerator<string> {
  yield `{"exported_at":${JSON.stringify(new Date().toISOString())}`;
  for (const section of exportSections) {
    yield `,\n${JSON.stringify(section.name)}:[`;
    let separator = '\n';
    for await (const rows of batches(pool, section, accounts)) {
      const shown =
        section.isInBlobStorage === undefined ? rows : await Promise.all(rows.map((row) => withValue(storage, row)));
      yield separator + shown.map(({ json }) => json).join(',\n');
      separator = ',\n';
    }
    yield ']';
  }
  yield '}\n';
}

async function* batches(
  pool: Pool,
  section: ExportSection,
  accounts: readonly string[],
): AsyncGenerator<readonly ExportedRow[]> {
  for (const account of accounts) {
    for (let after: readonly string[] | undefined; ;) {
      const { rows } = await pool.query<ExportedRow>(exportStatement(section, account, after));
      if (rows.length > 0) yield rows;
      if (rows.length < section.batch) break;
      after = rows.at(-1)?.key;
    }
  }
}

/** @throws when the storage is away: a document that hides it would be no answer */
async function withValue(storage: BlobStorage, row: ExportedRow): Promise<ExportedRow> {
  const { key, json } = row;
  const value = await storage.get(key[0] ?? '').catch((error: unknown) => {
    // Removed since its row was read, or about to be written.
    if (error instanceof BlobMissingError) return undefined;
    throw error;
  });
  return value === undefined ? row : { key, json: `${json.slice(0, -1)},"value":${value.toString()}}` };
}
