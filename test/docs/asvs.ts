import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** The requirements of levels 1 and 2 in chapters V6 to V10 of OWASP ASVS 5.0.0, by section. */
const levels1And2: Readonly<Record<string, readonly number[]>> = {
  '6.1': [1, 2, 3],
  '6.2': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  '6.3': [1, 2, 3, 4],
  '6.4': [1, 2, 3, 4],
  '6.5': [1, 2, 3, 4, 5],
  '6.6': [1, 2, 3],
  '6.8': [1, 2, 3, 4],
  '7.1': [1, 2, 3],
  '7.2': [1, 2, 3, 4],
  '7.3': [1, 2],
  '7.4': [1, 2, 3, 4, 5],
  '7.5': [1, 2],
  '7.6': [1, 2],
  '8.1': [1, 2],
  '8.2': [1, 2, 3],
  '8.3': [1],
  '8.4': [1],
  '9.1': [1, 2, 3],
  '9.2': [1, 2, 3, 4],
  '10.1': [1, 2],
  '10.2': [1, 2],
  '10.3': [1, 2, 3, 4],
  '10.4': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  '10.5': [1, 2, 3, 4, 5],
  '10.6': [1, 2],
  '10.7': [1, 2, 3],
};

/** `6.1.1`, `6.1.2` and so on. */
export const requirements = Object.entries(levels1And2).flatMap(([section, numbers]) =>
  numbers.map((number) => `${section}.${number}`),
);

/** One row of the table in docs/security.md. */
export interface AsvsRow {
  id: string;
  asked: string;
  status: string;
  how: string;
  /** The tests that are named: file from the root of the project, and title as it stands in the source. */
  tests: readonly { file: string; title: string }[];
}

const ROW = /^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+) \|$/gm;
const TEST = /`([^`]+?\.ts) > ([^`]+)`/g;

/** The table in docs/security.md, row by row. */
export function asvsRows(): AsvsRow[] {
  const text = readFileSync(join(root, 'docs', 'security.md'), 'utf8');
  return [...text.matchAll(ROW)].map(([, id = '', asked = '', status = '', how = '']) => {
    const tests = [...how.matchAll(TEST)].map(([, file = '', title = '']) => ({ file, title }));
    return { id, asked, status, how, tests };
  });
}
