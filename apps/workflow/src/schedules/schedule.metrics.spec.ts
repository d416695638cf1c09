import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { ScheduleMetrics } from './schedule.metrics.js';

it('counts fires by kind and end, and observes how late those were that started in their turn', async () => {
  const registry = new Registry();
  const fire = { at: 0, overlap: 'skip', kind: 'fire', lagMs: 400 } as const;
  const decided = [
    { ...fire, status: 'started' },
    { ...fire, status: 'skipped', reason: 'overlap' },
    { ...fire, status: 'started', kind: 'backfill', lagMs: 1e9 },
  ] as const;
  new ScheduleMetrics(registry).observe({ decided: [...decided], started: 2, cancelled: [], hasMore: false });
  const fires = await registry.getSingleMetricAsString('schedule_fires_total');
  expect(fires).toContain('{kind="fire",status="started"} 1');
  expect(fires).toContain('{kind="fire",status="skipped"} 1');
  expect(fires).toContain('{kind="backfill",status="started"} 1');
  const lag = await registry.getSingleMetricAsString('schedule_lag_seconds');
  expect(lag).toContain('schedule_lag_seconds_sum 0.4');
  expect(lag).toContain('schedule_lag_seconds_bucket{le="0.25"} 0');
});
