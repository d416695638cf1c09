import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyUses } from './key-uses.js';

const query = vi.fn<(sql: string, values: unknown[]) => Promise<unknown>>();
let uses: KeyUses;

beforeEach(() => {
  vi.useFakeTimers();
  query.mockReset().mockResolvedValue({ rows: [] });
  uses = new KeyUses({ query } as unknown as Pool);
});
afterEach(() => {
  vi.useRealTimers();
});

/** The keys of each statement so far. */
function written(): unknown[] {
  return query.mock.calls.map(([, [ids]]) => ids);
}

describe('KeyUses', () => {
  it('writes uses together, beside the requests', async () => {
    for (const id of ['a', 'b', 'a']) uses.note(id);
    expect(written()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written()).toEqual([['a', 'b']]);
  });

  it('writes a key once a minute, however often it is used', async () => {
    for (let second = 0; second < 90; second++) {
      uses.note('a');
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(written()).toEqual([['a'], ['a']]);
  });

  it('goes on after a write that failed', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    query.mockRejectedValueOnce(new Error('away'));
    uses.note('a');
    await vi.advanceTimersByTimeAsync(1_000);
    uses.note('b');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written()).toEqual([['a'], ['b']]);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('writes what is left before the process ends, and nothing when nothing is', async () => {
    uses.note('a');
    await uses.onApplicationShutdown();
    await uses.onApplicationShutdown();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written()).toEqual([['a']]);
  });
});
