import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { processMark } from './process-mark.js';

it('A process has a mark as long as it lives, and always the same', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const mark = processMark(child.pid!);
  expect(mark).toBeTypeOf('string');
  expect(processMark(child.pid!)).toBe(mark);
  expect(processMark(process.pid)).not.toBe(mark);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processMark(child.pid!)).toBeUndefined();
});

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

it.runIf(process.platform === 'linux')('One of which nothing can be read is not taken for gone', () => {
  expect(() => processMark(process.pid, failing('EMFILE'))).toThrow('EMFILE');
});

it.runIf(process.platform === 'linux')('One that ends while it is looked at is gone', () => {
  expect(processMark(process.pid, failing('ESRCH'))).toBeUndefined();
});
