import { describe, expect, it, vi } from 'vitest';
import { ActiveRuns } from './active-runs.service.js';
import type { RunExecution } from './execution/run-execution.js';

describe('ActiveRuns', () => {
  it('has a run while it is being started, so that nobody gives it back as forgotten', async () => {
    const active = new ActiveRuns();
    const userId = 'owner';
    await active.holding(
      ['a', 'b'].map((runId) => ({ runId, userId })),
      async () => {
        expect(active.has('a') && active.has('b')).toBe(true);
        expect(active.size).toBe(0);
        // Others that come meanwhile find so much less room.
        expect(active.held.get(userId)).toBe(2);
      },
    );
    expect(active.has('a')).toBe(false);
    expect(active.held.size).toBe(0);
  });

  it('counts a run once that is held while it is executed, until nobody holds it', async () => {
    const active = new ActiveRuns();
    const execution = anExecution('a');
    await active.holding([execution.run], async () => {
      active.add(execution);
      expect(active.held.get('owner')).toBe(1);
      active.remove(execution);
      expect([active.has('a'), active.held.get('owner')]).toEqual([true, 1]);
    });
    expect([active.has('a'), active.held.size]).toEqual([false, 0]);
  });

  it('has it no more when it could not be started', async () => {
    const active = new ActiveRuns();
    const failed = active.holding([{ runId: 'a', userId: 'owner' }], () =>
      Promise.reject(new Error('the database is away')),
    );
    await expect(failed).rejects.toThrow('away');
    expect(active.has('a')).toBe(false);
  });

  it('hands back a run that was claimed before the process was told to end and starts after it', () => {
    const active = new ActiveRuns();
    const [early, late] = [anExecution('early'), anExecution('late')];
    active.add(early);
    active.handBack();
    active.add(late);
    expect(early.handBack).toHaveBeenCalledOnce();
    expect(late.handBack).toHaveBeenCalledOnce();
  });
});

function anExecution(runId: string): RunExecution {
  return { run: { runId, userId: 'owner' }, handBack: vi.fn() } as unknown as RunExecution;
}
