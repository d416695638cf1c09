import { Counter, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { listen } from '../start/listen.js';
import { createMetricsServer } from './metrics-server.js';

it('GET /metrics shows the registry in the Prometheus text format, and nothing else is there', async () => {
  const registry = new Registry();
  new Counter({ name: 'runs_total', help: 'Runs.', labelNames: ['status'], registers: [registry] }).inc({
    status: 'ok',
  });
  const server = createMetricsServer(registry);
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: 'METRICS_PORT' });
  const [metrics, other] = await Promise.all([
    fetch(`http://127.0.0.1:${port}/metrics`),
    fetch(`http://127.0.0.1:${port}/`),
  ]);
  expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await metrics.text()).toContain('runs_total{status="ok"} 1');
  expect(other.status).toBe(404);
  server.close();
});
