import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns the first answer that is not "not yet"', async () => {
    const looks = [undefined, false, 0] as const;
    let count = 0;
    expect(await eventually(() => looks[count++], { everyMs: 1 })).toBe(0);
    expect(count).toBe(3);
  });

  it('takes an error for not yet and tells the last one when time is up', async () => {
    const look = (): never => {
      throw new Error('nothing there');
    };
    await expect(eventually(look, { timeoutMs: 20, everyMs: 1 })).rejects.toThrow('not within 20 ms: nothing there');
  });
});
