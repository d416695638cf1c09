import type { BlobReference, RunDto } from '@app/contracts';
import { toRunSummary, type RunRow } from '@app/database';

export interface WholeRunRow extends RunRow {
  input: unknown;
  output: unknown;
  /** Where they are when they are too large for the row. */
  input_blob: BlobReference | null;
  output_blob: BlobReference | null;
}

/** @param row with its values, the large ones too */
export function toRun(row: Pick<WholeRunRow, 'input' | 'output'> & RunRow): RunDto {
  return Object.assign(toRunSummary(row), { input: row.input, output: row.output });
}
