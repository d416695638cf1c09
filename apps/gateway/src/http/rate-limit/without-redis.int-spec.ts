import { TestRedisServer } from '@app/testing';
import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer } from '../../../../../test/gateway/test-gateway.js';

let redis: TestRedisServer;
let gateway: TestGateway;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  gateway = await TestGateway.start({
    REDIS_URL: redis.url,
    RATE_LIMIT_REQUESTS_PER_MINUTE: '1',
    RATE_LIMIT_BURST_SIZE: '5',
    LOGIN_FREE_FAILURES: '0',
  });
});
afterAll(async () => {
  await gateway.stop();
  await redis.stop();
});

async function statuses(times: number, ask: () => Promise<Answer>): Promise<number[]> {
  const seen: number[] = [];
  for (let index = 0; index < times; index += 1) seen.push((await ask()).status);
  return seen;
}

function nowhere(remoteAddress: string): Promise<Answer> {
  return gateway.request({ method: 'GET', url: '/api/v1/nowhere', remoteAddress });
}

function guess(email: string, remoteAddress: string): Promise<Answer> {
  const payload = { email, password: 'wrong' };
  return gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload, remoteAddress });
}

async function refusals(limit: string): Promise<number> {
  const metric = await gateway.app.get(Registry).getSingleMetric('rate_limit_refusals_total')?.get();
  return metric?.values.find(({ labels }) => labels['limit'] === limit)?.value ?? 0;
}

describe('a gateway', () => {
  it('forgets with Redis, which costs nobody their access', async () => {
    expect(await statuses(5, () => nowhere('198.51.100.1'))).not.toContain(429);
    await redis.flush();
    expect(await statuses(5, () => nowhere('198.51.100.1'))).not.toContain(429);
  });

  it('goes on limiting by itself while Redis is away', async () => {
    await redis.kill();
    const before = { address: await refusals('address'), login: await refusals('login') };
    expect(await statuses(7, () => nowhere('198.51.100.2'))).toEqual([404, 404, 404, 404, 404, 429, 429]);
    const email = `${randomUUID()}@example.com`;
    expect(await statuses(3, () => guess(email, '198.51.100.3'))).toEqual([401, 429, 429]);
    expect(await refusals('address')).toBe(before.address + 2);
    expect(await refusals('login')).toBe(before.login + 2);
  });

  it('does so as well when Redis was never there', async () => {
    const other = await gateway.replica();
    const ask = (): Promise<Answer> =>
      other.request({ method: 'GET', url: '/api/v1/nowhere', remoteAddress: '198.51.100.2' });
    expect(await statuses(6, ask)).toEqual([404, 404, 404, 404, 404, 429]);
    await other.stop();
  });
});
