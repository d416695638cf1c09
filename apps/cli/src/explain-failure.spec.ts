import { mkdirSync, readFileSync } from 'node:fs';
import { ConfigError } from '@app/config';
import { ServerError } from '@app/servers';
import { describe, expect, it } from 'vitest';
import { explainFailure } from './explain-failure.js';

function failureOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('it worked');
}

describe('explainFailure', () => {
  it('shows what the user can mend without a stack', () => {
    expect(explainFailure(new ServerError('No Redis.'))).toBe('No Redis.');
    expect(explainFailure(new ConfigError(['A is wrong.', 'B is wrong.']))).toBe('A is wrong.\nB is wrong.');
  });

  it.each(['ENOSPC', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST', 'EDQUOT'])('has one line for %s', (code) => {
    const error = Object.assign(new Error(code), { code, path: '/data/run', syscall: 'open' });
    expect(explainFailure(error)).toMatch(new RegExp(`^/data/run \\(${code}\\): .*BIOMETRICS_DATA_DIR.*$`));
  });

  it('explains a write that failed although nobody knows of what file', () => {
    const error = Object.assign(new Error('write'), { code: 'ENOSPC', syscall: 'write' });
    expect(explainFailure(error)).toMatch(/^The disk is full: [^\n]*$/);
  });

  it('tells a folder that cannot be made from a file that is missing by our fault', () => {
    expect(explainFailure(failureOf(() => mkdirSync('/proc/folder')))).toMatch(/^\/proc\/folder \(ENOENT\): [^\n]*$/);
    expect(explainFailure(failureOf(() => readFileSync('/nowhere')))).toContain('\n    at ');
  });

  it.each(['28P01', '3D000', 'ENOTFOUND', 'EAI_AGAIN'])('has one line for a server that %s keeps us from', (code) => {
    expect(explainFailure(Object.assign(new Error('the reason'), { code }))).toMatch(/^[^\n]*the reason[^\n]*$/);
  });

  it('shows the stack of a bug', () => {
    expect(explainFailure(new TypeError('undefined is not a function'))).toContain('\n    at ');
  });
});
