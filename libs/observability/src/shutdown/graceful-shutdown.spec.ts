import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HealthService } from '../health/health.service.js';
import { GracefulShutdown, ShutdownPhase } from './graceful-shutdown.js';

describe('GracefulShutdown', () => {
  it('is not ready first, then runs phase after phase, whatever order the hooks were added in', async () => {
    const health = new HealthService();
    const shutdown = new GracefulShutdown(health);
    const events: string[] = [];
    shutdown.add(ShutdownPhase.Flush, 'journal', () => events.push('flush'));
    shutdown.add(ShutdownPhase.FinishWork, 'requests', async () => {
      await turn();
      events.push('finished');
    });
    shutdown.add(ShutdownPhase.StopTaking, 'server', async () => events.push((await health.report()).status));
    expect(await shutdown.run()).toEqual([]);
    expect(events).toEqual(['draining', 'finished', 'flush']);
  });

  it('runs once, however often it is asked', async () => {
    let runs = 0;
    const shutdown = new GracefulShutdown(new HealthService());
    shutdown.add(ShutdownPhase.Flush, 'count', () => (runs += 1));
    await Promise.all([shutdown.run(), shutdown.run()]);
    expect(runs).toBe(1);
  });

  it('lets no failure of one hook keep another from running', async () => {
    const events: string[] = [];
    const shutdown = new GracefulShutdown(new HealthService());
    shutdown.add(ShutdownPhase.StopTaking, 'broken', () => {
      throw new Error('cannot');
    });
    shutdown.add(ShutdownPhase.StopTaking, 'beside', () => events.push('beside'));
    shutdown.add(ShutdownPhase.Flush, 'after', () => events.push('after'));
    expect(await shutdown.run()).toEqual([{ name: 'broken', error: new Error('cannot') }]);
    expect(events).toEqual(['beside', 'after']);
  });
});
