import { describe, expect, it } from 'vitest';
import { ActiveRuns } from './active-runs.service.js';

describe('ActiveRuns', () => {
  it('has a run while it is being started, so that nobody gives it back as forgotten', async () => {
    const active = new ActiveRuns();
    await active.whileStarting(['a', 'b'], async () => {
      expect(active.has('a') && active.has('b')).toBe(true);
      expect(active.size).toBe(0);
    });
    expect(active.has('a')).toBe(false);
  });

  it('has it no more when it could not be started', async () => {
    const active = new ActiveRuns();
    const failed = active.whileStarting(['a'], () => Promise.reject(new Error('the database is away')));
    await expect(failed).rejects.toThrow('away');
    expect(active.has('a')).toBe(false);
  });
});
