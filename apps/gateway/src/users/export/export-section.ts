/** Rows of one table in the export: what is shown of them is named column by column, so that nothing gets out by itself. */
export interface ExportSection {
  /** Member of the document. */
  name: string;
  /** The table, as the test knows it that compares the sections with the schema. */
  table: string;
  /** What is shown. */
  columns: string;
  /** FROM and WHERE of an account's rows: $1 is the account. */
  from: string;
  /** What orders the rows; no two rows have the same. */
  key: readonly [string, ...string[]];
  /** Rows that are read at a time: few where a row can be large, because they are all in memory. */
  batch: number;
  /** Each row stands for a value in blob storage, under its `id`, which is shown with it. */
  isInBlobStorage?: true;
}

export interface ExportStatement {
  text: string;
  values: unknown[];
}

/** The next rows of an account in a section: their key, and each as JSON. */
export function exportStatement(
  { columns, from, key, batch }: ExportSection,
  accountId: string,
  after: readonly string[] | undefined,
): ExportStatement {
  const rest = key.map((_, index) => `$${index + 2}`).join(', ');
  // The first condition is what an index can start at when the key spans two tables.
  const resume = after === undefined ? '' : `AND ${key[0]} >= $2 AND (${key.join(', ')}) > (${rest})`;
  const text = `
    SELECT ARRAY[${key.map((column) => `${column}::text`).join(', ')}] AS key,
           (SELECT row_to_json(shown)::text FROM (SELECT ${columns}) AS shown) AS json
    ${from} ${resume}
    ORDER BY ${key.join(', ')} LIMIT ${batch}`;
  return { text, values: [accountId, ...(after ?? [])] };
}
