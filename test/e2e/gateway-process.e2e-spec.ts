import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { spawnService, testDatabase, testRedis, type TestDatabase } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await testDatabase();
  env = { DATABASE_URL: database.url, REDIS_URL: (await testRedis()).url };
});
afterAll(() => database.drop());

describe('a gateway that cannot start', () => {
  it('prints one line for every wrong variable and ends with exit code 1', async () => {
    const wrong = {
      SERVER_PORT: 'eighty',
      JWT_EXPIRE: 'soon',
      ENCRYPTION_KEYS: 'k1:short',
      CORS_ORIGINS: 'everywhere',
    };
    const service = await spawnService('gateway', { env: { ...env, ...wrong }, waitUntilReady: false });
    expect(await service.exited).toBe(1);
    const lines = service.logs().trim().split('\n');
    expect(lines).toHaveLength(Object.keys(wrong).length);
    for (const name of Object.keys(wrong)) expect(lines.filter((line) => line.startsWith(name))).toHaveLength(1);
    expect(service.logs()).not.toContain('k1:short');
  });

  it('in production asks for the secrets that have no default there', async () => {
    const production = { ENVIRONMENT: 'production', JWT_SECRET: 'change-me-change-me-change-me-change-me' };
    const service = await spawnService('gateway', { env: { ...env, ...production }, waitUntilReady: false });
    expect(await service.exited).toBe(1);
    expect(service.logs()).toMatch(/^JWT_SECRET is a default/m);
    expect(service.logs()).toMatch(/^ENCRYPTION_KEYS is missing/m);
  });

  it('says in one line that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const service = await spawnService('gateway', {
      env: { ...env, SERVER_PORT: String(port) },
      waitUntilReady: false,
    });
    expect(await service.exited).toBe(1);
    const sentences = service
      .logs()
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('{'));
    expect(sentences).toEqual([expect.stringContaining(`Port ${port} is taken`)]);
    taken.close();
  });
});

describe('a gateway that is told to end', () => {
  it('ends with exit code 0 and prints no error', async () => {
    const service = await spawnService('gateway', { env });
    expect(await service.stop()).toBe(0);
    expect(service.logs()).not.toMatch(/"level":"(error|fatal)"/);
  });
});
