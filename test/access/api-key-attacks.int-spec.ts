import { hashToken, newApiKey } from '@app/security';
import { text } from 'node:stream/consumers';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer, type TestUser } from '../gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
let key: string;

beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.app.listen(0, '127.0.0.1');
  user = await gateway.signUp();
  key = await makeKey(user);
});
afterAll(() => gateway.stop());

async function makeKey(by: TestUser): Promise<string> {
  const { status, body } = await by.call('POST', '/api-keys', { name: 'CI', scopes: ['profile:read'] });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.key;
}

function me(authorization: string): Promise<Answer> {
  return gateway.request({ method: 'GET', url: '/api/v1/auth/me', headers: { authorization } });
}

/** Sends lines that no client would send, and reads the status line. */
async function statusOf(...lines: string[]): Promise<number> {
  const { port } = gateway.app.getHttpServer().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write(
    ['GET /api/v1/auth/me HTTP/1.1', 'host: platform.test', 'connection: close', ...lines, '', ''].join('\r\n'),
  );
  return Number((await text(socket)).split(' ')[1]);
}

describe('a text that is nearly a key', () => {
  it.each<[string, (good: string, other: string) => string]>([
    ["another key's prefix", (good, other) => other.slice(0, 13) + good.slice(13)],
    ['in capitals', (good) => good.toUpperCase()],
    ['without its mark', (good) => good.slice(4)],
    ['its prefix alone', (good) => good.slice(0, 12)],
    ['without its checksum', (good) => good.slice(0, -6)],
    ['with something behind it', (good) => `${good}0`],
    ['with a second key behind it', (good, other) => `${good},${other}`],
    ['its hash, which a stolen backup holds', (good) => hashToken(good)],
    ['its hash in the place of its secret', (good) => `bio_${hashToken(good)}`],
    ['with a percent code in it', (good) => `${good.slice(0, -1)}%30`],
    ['a statement', () => `bio_' OR true --`],
    ['ten thousand characters', (good) => good + '0'.repeat(10_000)],
  ])('lets nobody in: %s', async (_, spoil) => {
    const spoilt = spoil(key, newApiKey().key);
    expect(await me(`Bearer ${spoilt}`)).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    expect(await me(`Bearer ${key}`)).toMatchObject({ status: 200 });
  });
});

describe('an Authorization header', () => {
  it('with a key and another scheme lets nobody in', async () => {
    const basic = Buffer.from(`${key}:`).toString('base64');
    for (const authorization of [`Basic ${basic}`, `Basic ${key}`, `ApiKey ${key}`, `Token ${key}`, key, 'Bearer']) {
      expect(await me(authorization), authorization).toMatchObject({ status: 401 });
    }
  });

  it('that comes twice does not let the second one in', async () => {
    const other = `authorization: Bearer ${newApiKey().key}`;
    expect(await statusOf(other, `authorization: Bearer ${key}`)).toBe(401);
    expect(await statusOf(`authorization: Bearer ${key}`)).toBe(200);
  });

  it('with a key and a token is neither', async () => {
    const token = user.authorization.slice('Bearer '.length);
    for (const both of [`${key} ${token}`, `${token} ${key}`, `${key}.${token}`]) {
      expect((await me(`Bearer ${both}`)).status, both).not.toBe(200);
    }
  });
});

describe('a row that somebody tampered with', () => {
  it.each(['*', 'admin', 'profile', 'profile:', 'PROFILE:READ', ' profile:read'])(
    'gives nothing for the scope %j',
    async (scope) => {
      const widened = await makeKey(user);
      await gateway.pool.query('UPDATE api_keys SET scopes = $2 WHERE key_hash = $1', [hashToken(widened), [scope]]);
      for (const path of ['/auth/me', '/users', '/api-keys', '/workflows']) {
        const headers = { authorization: `Bearer ${widened}` };
        const answer = await gateway.request({ method: 'GET', url: `/api/v1${path}`, headers });
        expect(answer.status, path).toBe(403);
      }
    },
  );
});

describe('the answer to a key that is not good', () => {
  it('does not repeat it', async () => {
    const { key: unknown } = newApiKey();
    const { body, headers } = await me(`Bearer ${unknown}`);
    expect(JSON.stringify([body, headers])).not.toContain(unknown.slice(4));
  });
});
