import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asvsRows, requirements, root } from './asvs.js';

describe('the table of OWASP ASVS in docs/security.md', () => {
  const rows = asvsRows();

  it('has one row for each requirement of levels 1 and 2, and no other', () => {
    expect(rows.map(({ id }) => id)).toEqual(requirements);
  });

  it('says of each whether it is met, and names the gap where it is not', () => {
    for (const { id, status, how } of rows) {
      expect(['met', 'partly', 'gap', 'n/a'], id).toContain(status);
      expect(/\*\*gap/i.test(how), id).toBe(status === 'partly' || status === 'gap');
    }
  });

  it('shows by a test whatever it says is met', () => {
    const unproved = rows.filter(({ status, tests }) => status === 'met' && tests.length === 0);
    expect(unproved.map(({ id }) => id)).toEqual([]);
  });

  it('names tests that there are', () => {
    const missing = rows.flatMap(({ id, tests }) =>
      tests
        .filter(({ file, title }) => !isTest(join(root, file), title))
        .map(({ file, title }) => `${id}: ${file} > ${title}`),
    );
    expect(missing, 'name the test that shows it now').toEqual([]);
  });
});

/** Whether a file has a test of this title, `%s` and all. */
function isTest(file: string, title: string): boolean {
  if (!existsSync(file)) return false;
  const source = readFileSync(file, 'utf8');
  return ["'", '"', '`'].some(
    (quote) => source.includes(`(${quote}${title}${quote}`) || source.includes(`  ${quote}${title}${quote}`),
  );
}
