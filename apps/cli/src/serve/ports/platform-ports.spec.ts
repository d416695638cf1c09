import { createServer, type Server } from 'node:net';
import { freePort } from '@app/servers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePorts } from './platform-ports.js';
import { replicaPorts } from './replica-ports.js';

let taken: number;
let listener: Server;

beforeEach(async () => {
  taken = await freePort();
  await new Promise<void>((resolve) => (listener = createServer().listen(taken, '127.0.0.1', () => resolve())));
});

afterEach(() => {
  listener.close();
});

describe('choosePorts', () => {
  it('gives every server a port of its own', async () => {
    const { gateway, workflow, worker } = await choosePorts({ SERVER_PORT: '0' });
    const ports = [gateway, workflow, worker].flatMap(({ health, metrics }) => [health, metrics]);
    expect(new Set(ports).size).toBe(6);
    expect(ports.every((port) => port > 0)).toBe(true);
  });

  it('obeys METRICS_PORT and HEALTH_PORT for the first service and counts on from there', async () => {
    const [metrics, health] = [await freePort(), await freePort()];
    const env = { SERVER_PORT: '0', METRICS_PORT: String(metrics), HEALTH_PORT: String(health) };
    const chosen = await choosePorts(env).catch((error: unknown) => String(error));
    // The ports after a free one may be taken on a busy machine; then the start says so.
    if (typeof chosen === 'string') return expect(chosen).toMatch(/Port \d+ .*taken/);
    expect(chosen.gateway.metrics).toBe(metrics);
    expect(chosen.worker).toEqual({ health: health + 1, metrics: metrics + 2 });
  });

  it('turns metrics off for 0, but always asks for health', async () => {
    const { gateway, workflow, worker } = await choosePorts({ SERVER_PORT: '0', METRICS_PORT: '0', HEALTH_PORT: '0' });
    expect([gateway.metrics, workflow.metrics, worker.metrics]).toEqual([0, 0, 0]);
    expect(Math.min(workflow.health, worker.health)).toBeGreaterThan(0);
  });

  it.each(['SERVER_PORT', 'METRICS_PORT', 'HEALTH_PORT'])(
    'fails when the %s that was set is taken',
    async (variable) => {
      const env = { SERVER_PORT: '0', [variable]: String(taken) };
      await expect(choosePorts(env)).rejects.toThrow(`Port ${taken} on 127.0.0.1 is taken`);
    },
  );
});

describe('replicaPorts', () => {
  it('takes free ports for what was not set and keeps what was', async () => {
    const { HEALTH_PORT, METRICS_PORT } = await replicaPorts('worker', {});
    expect(Number(HEALTH_PORT)).toBeGreaterThan(0);
    expect(METRICS_PORT).not.toBe(HEALTH_PORT);
    expect(await replicaPorts('worker', { HEALTH_PORT: '1234', METRICS_PORT: '0' })).toEqual({});
  });

  it('never moves the API to another port by itself', async () => {
    await expect(replicaPorts('gateway', { SERVER_PORT: String(taken) })).rejects.toThrow('--port');
  });
});
