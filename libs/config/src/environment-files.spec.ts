import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { environmentFiles, readEnvironment } from './environment-files.js';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

afterAll(() => rmSync(folder, { recursive: true }));

describe('readEnvironment', () => {
  it('lets a later file win over an earlier one, and the real environment over all of them', () => {
    const files = [write('a', 'A=1\nB=1\nC=1\nONLY=a'), write('b', 'B=2\nC=2'), join(folder, 'absent')];
    expect(readEnvironment(files, { C: '3' })).toEqual({ A: '1', B: '2', C: '3', ONLY: 'a' });
  });

  it('looks at .env, the home folder and /etc, in this order', () => {
    expect(environmentFiles()).toEqual([
      join(process.cwd(), '.env'),
      expect.stringMatching(/\.biometrics\/config\.env$/),
      '/etc/biometrics/config.env',
    ]);
  });

  it('says which file it cannot read', () => {
    expect(() => readEnvironment([folder], {})).toThrow(`${folder} cannot be read (EISDIR): make it readable`);
  });
});
