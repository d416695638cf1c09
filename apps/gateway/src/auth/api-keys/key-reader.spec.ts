import { AppError } from '@app/contracts';
import type { Pool } from 'pg';
import { describe, expect, it } from 'vitest';
import { KeyReader } from './key-reader.js';

/** A database that answers when it is told to. */
class SlowPool {
  readonly waiting: (() => void)[] = [];
  asked = 0;

  query(): Promise<{ rows: [] }> {
    this.asked += 1;
    return new Promise((resolve) => this.waiting.push(() => resolve({ rows: [] })));
  }
}

describe('KeyReader', () => {
  it('asks the database for few keys at a time, however many are made up', async () => {
    const pool = new SlowPool();
    const reader = new KeyReader(pool as unknown as Pool);
    const reads = Array.from({ length: 600 }, (_, at) =>
      reader.read(`hash ${at}`).then(
        () => 'read',
        (error: unknown) => error instanceof AppError && error.code,
      ),
    );
    await Promise.resolve();
    expect(pool.asked).toBe(4);
    while (pool.waiting.length > 0) {
      expect(pool.waiting.length).toBeLessThanOrEqual(4);
      pool.waiting.shift()?.();
      await new Promise(setImmediate);
    }
    const answers = await Promise.all(reads);
    expect(answers.filter((answer) => answer === 'read')).toHaveLength(504);
    expect(answers.filter((answer) => answer === 'SERVICE_UNAVAILABLE')).toHaveLength(96);
  });
});
