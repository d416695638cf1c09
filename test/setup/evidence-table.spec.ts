import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { evidenceTable } from './evidence-table.js';

const folder = mkdtempSync(join(tmpdir(), 'evidence-'));

afterEach(() => rmSync(folder, { recursive: true }));

it('says of each proof what its own file says', () => {
  const evidence = [
    '- Date: 2026-11-30T19:39:31.949Z',
    '- Commit: be9dcfd88bc0ecfc5afb9584e1c7fc544affc677, with changes that are not committed',
    '',
    '| proof | outcome | seconds |',
    '| --- | --- | --- |',
    '| a thing \\| another one | passed | 59.5 |',
    '| what does not hold | failed | 120.5 |',
    '',
    '| figure | value |',
    '| --- | --- |',
    '| runs | 7900 |',
  ];
  writeFileSync(join(folder, 'limits.md'), evidence.join('\n'));
  writeFileSync(join(folder, 'README.md'), 'the one before');
  const { file, text } = evidenceTable(folder);
  expect(file).toBe(join(folder, 'README.md'));
  expect(text.split('\n').filter((line) => line.includes('.md)'))).toEqual([
    '| [limits](limits.md) | 2 | 1 | 3.0 | 2026-11-30 | be9dcfd and changes |',
  ]);
});
