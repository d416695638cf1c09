import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { processMark } from './process-mark.js';
import { stopProcess } from './stop-process.js';

async function run(script: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child.pid!;
}

describe('stopProcess', () => {
  it('ends a process with the first signal it obeys', async () => {
    const pid = await run(`process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`);
    const steps = [
      { signal: 'SIGTERM', waitMs: 100 },
      { signal: 'SIGINT', waitMs: 5_000 },
    ] as const;
    expect(await stopProcess(pid, steps)).toBe('SIGINT');
    expect(processMark(pid)).toBeUndefined();
  });

  it('returns nothing for a process that is gone', async () => {
    expect(await stopProcess(999_999_999, [{ signal: 'SIGTERM', waitMs: 10 }])).toBeUndefined();
  });
});
