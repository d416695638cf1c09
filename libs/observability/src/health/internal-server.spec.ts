import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../start/listen.js';
import { HealthService } from './health.service.js';
import { createInternalServer } from './internal-server.js';

const servers: Server[] = [];

async function started(health: HealthService): Promise<string> {
  const server = createInternalServer(health);
  servers.push(server);
  return `http://127.0.0.1:${await listen(server, { host: '127.0.0.1', port: 0, variable: 'HEALTH_PORT' })}`;
}

afterEach(() => servers.splice(0).forEach((server) => server.close()));

describe('GET /ready', () => {
  it.each([
    [true, true, 200, { status: 'ok', postgres: 'up', redis: 'up' }],
    [true, false, 200, { status: 'degraded', postgres: 'up', redis: 'down' }],
    [false, true, 503, { status: 'unavailable', postgres: 'down', redis: 'up' }],
  ])('asks: postgres %s, redis %s → %i', async (postgres, redis, status, body) => {
    const health = new HealthService();
    const answer = (up: boolean) => () => (up ? Promise.resolve() : Promise.reject(new Error('down')));
    health.register({ name: 'postgres', critical: true, check: answer(postgres) });
    health.register({ name: 'redis', critical: false, check: answer(redis) });
    const response = await fetch(`${await started(health)}/ready`);
    expect([response.status, await response.json()]).toEqual([status, body]);
  });

  it('is 503 from the moment the process drains, while /health stays 200', async () => {
    const health = new HealthService();
    const url = await started(health);
    health.drain();
    const [ready, alive] = await Promise.all([fetch(`${url}/ready`), fetch(`${url}/health`)]);
    expect([ready.status, alive.status]).toEqual([503, 200]);
    expect(await ready.json()).toEqual({ status: 'draining' });
  });

  it('takes a check that hangs for one that is down', async () => {
    const health = new HealthService();
    health.register({ name: 'postgres', critical: true, check: () => new Promise(() => {}), timeoutMs: 20 });
    expect((await fetch(`${await started(health)}/ready`)).status).toBe(503);
  });

  it('asks a dependency once for many callers at the same time', async () => {
    let asked = 0;
    const health = new HealthService();
    health.register({
      name: 'postgres',
      critical: true,
      check: async () => void (await Promise.resolve((asked += 1))),
    });
    await Promise.all(Array.from({ length: 20 }, () => health.report()));
    expect(asked).toBe(1);
    await health.report();
    expect(asked).toBe(2);
  });
});

describe('the internal server', () => {
  it('knows nothing else', async () => {
    const url = await started(new HealthService());
    const [unknown, post] = await Promise.all([fetch(`${url}/metrics`), fetch(`${url}/ready`, { method: 'POST' })]);
    expect([unknown.status, post.status]).toEqual([404, 405]);
  });

  it('explains a taken port in one line that names the variable', async () => {
    const port = Number(new URL(await started(new HealthService())).port);
    const second = createInternalServer(new HealthService());
    await expect(listen(second, { host: '127.0.0.1', port, variable: 'HEALTH_PORT' })).rejects.toThrow(
      `HEALTH_PORT=${port} is taken on 127.0.0.1. Stop what listens there, or set HEALTH_PORT to another port.`,
    );
  });
});
