import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ForkedProcess } from './forked-process.js';
import type { ScriptReport } from './processes/script-process.js';

interface Escapes {
  limit: string[];
  output: Record<string, unknown>;
  failed: string[];
  poison: string[];
}

const escapes = JSON.parse(readFileSync(new URL('./script-escapes.json', import.meta.url), 'utf8')) as Escapes;

/** What one that never ends is given, in ms. */
const LIMIT_MS = 60;

/** Turns of an event loop that is not blocked; of one that is there are one or two. */
const TURNS = 5;

let sandbox: ForkedProcess<ScriptReport>;
beforeAll(async () => {
  sandbox = await ForkedProcess.start<ScriptReport>('script-process', { TZ: 'America/New_York' });
});
afterAll(() => sandbox.stop());

/** What became of a script; its process is the same as before and has inherited nothing. */
async function report(code: string, timeoutMs?: number): Promise<ScriptReport> {
  const said = await sandbox.ask({ code, timeoutMs });
  expect(said).toMatchObject({ pid: sandbox.pid, inherited: [] });
  return said;
}

describe('a script that would stop, block or leave its sandbox', () => {
  it.concurrent.each(escapes.limit)('is over its limit: %s', async (code) => {
    const { result, turns } = await report(code, LIMIT_MS);
    expect(result).toMatchObject({ error: { code: 'SCRIPT_LIMIT' } });
    if ('error' in result && result.error.message.includes('longer')) expect(turns).toBeGreaterThan(TURNS);
  });

  it.each(Object.entries(escapes.output))('finds nothing of the host: %s', async (code, expected) => {
    expect((await report(code)).result).toEqual({ output: expected });
  });

  it.each(escapes.failed)('fails: %s', async (code) => {
    expect((await report(code)).result).toMatchObject({ error: { code: 'SCRIPT_FAILED' } });
  });

  it.each(escapes.poison)('leaves nothing to the scripts after it: %s', async (code) => {
    const clean =
      'const a = [Math.random(), Date.now(), [1].map(String), {}.polluted, [].polluted, globalThis.polluted, `${{}}`, "abc".slice(1)]; return a';
    const before = (await report(clean)).result;
    expect(before).toMatchObject({
      output: [expect.any(Number), 1_000, ['1'], null, null, null, '[object Object]', 'bc'],
    });
    // Both threads are poisoned.
    await Promise.all([report(code), report(code)]);
    expect((await Promise.all([report(clean), report(clean)])).map(({ result }) => result)).toEqual([before, before]);
  });

  it('has the time of no zone', async () => {
    const code =
      'return [new Date().getTimezoneOffset(), new Date(2026, 6, 1).toISOString(), new Date(2026, 0, 1).getHours()]';
    expect((await report(code)).result).toEqual({ output: [0, '2026-07-01T00:00:00.000Z', 0] });
  });
});
