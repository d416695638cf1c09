import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { collectNodeMetrics } from './node-metrics.js';

describe('the figures of Node.js', () => {
  it('hold those that are read when they are asked for, and none that is sampled meanwhile', async () => {
    const register = new Registry();
    collectNodeMetrics(register);
    const names = (await register.getMetricsAsJSON()).map(({ name }) => name);
    expect(names).toContain('nodejs_heap_size_used_bytes');
    expect(names).toContain('nodejs_eventloop_lag_seconds');
    expect(names.filter((name) => /eventloop_lag_(min|max|mean|stddev|p\d+)_/.test(name))).toEqual([]);
  });

  it('tell how busy the event loop was since they were read last', async () => {
    const register = new Registry();
    collectNodeMetrics(register);
    const until = performance.now() + 20;
    while (performance.now() < until);
    const [busy] = await utilization(register);
    expect(busy?.value).toBeGreaterThan(0);
    expect(busy?.value).toBeLessThanOrEqual(1);
  });
});

async function utilization(register: Registry): Promise<{ value: number }[]> {
  const metric = register.getSingleMetric('nodejs_eventloop_utilization_ratio');
  return (await metric?.get())?.values ?? [];
}
