import { schemaDocument } from './schema/schema-document.js';
import { textDocuments } from './text-documents.js';

/** Every generated file: path → content. */
export async function generatedFiles(): Promise<Map<string, string>> {
  return new Map([...(await textDocuments()), ['docs/schema.sql', await schemaDocument()]]);
}
