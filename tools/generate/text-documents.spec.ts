import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { textDocuments } from './text-documents.js';

const documents = await textDocuments();

it.each([...documents])('%s is up to date: otherwise `make generate`', (path, content) => {
  expect(readFileSync(path, 'utf8')).toBe(content);
});

it('every row of the documents has a meaning', () => {
  for (const path of ['docs/configuration.md', 'docs/errors.md']) {
    expect(documents.get(path)).not.toMatch(/\|\s*\|\n/);
  }
});
