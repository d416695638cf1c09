import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { newId } from '@app/contracts';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer } from '../../../../test/gateway/test-gateway.js';

function key(kid: string): { kid: string; privateJwk: object; publicJwk: object } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
  return { kid, privateJwk: { ...privateKey.export({ format: 'jwk' }), kid }, publicJwk };
}

const [older, newer] = [key('2026-10'), key('2026-11')];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

/**
 * A gateway with these keys; none stands for JWT_SECRET alone. One at a time: passport keeps one strategy for the whole
 * process, so that the gateway which started last decides about all tokens.
 */
async function withKeys<T>(keys: readonly object[], act: (at: TestGateway) => Promise<T>): Promise<T> {
  const at = await gateway.replica({ JWT_KEYS: keys.length === 0 ? '' : JSON.stringify({ keys }) });
  try {
    return await act(at);
  } finally {
    await at.stop();
  }
}

async function signUp(at: TestGateway): Promise<{ access_token: string; refresh_token: string }> {
  const payload = { email: `${newId()}@example.com`, password: 'correct horse battery staple', name: 'Ada' };
  const { body } = await at.request({ method: 'POST', url: '/api/v1/auth/register', payload });
  return body.tokens;
}

async function statusOf(at: TestGateway, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await at.request({ method: 'GET', url: '/api/v1/auth/me', headers })).status;
}

const jwks = (at: TestGateway): Promise<Answer> => at.request({ method: 'GET', url: '/.well-known/jwks.json' });
const keyIdOf = (token: string) => jwt.decode(token, { complete: true })?.header.kid;

describe('GET /.well-known/jwks.json', () => {
  it('is empty where tokens are signed with a shared secret', async () => {
    const { status, headers, body } = await withKeys([], jwks);
    expect(status).toBe(200);
    expect(body).toEqual({ keys: [] });
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=300' });
    expect(headers['content-type']).toMatch(/^application\/json/);
  });

  it('holds the public half of every key, and no private one', async () => {
    const { body } = await withKeys([newer.privateJwk, older.privateJwk], jwks);
    expect(body).toEqual({ keys: [newer.publicJwk, older.publicJwk] });
  });

  it('is all that another service needs to verify a token', async () => {
    await withKeys([newer.privateJwk], async (at) => {
      const { access_token: token } = await signUp(at);
      const [published] = (await jwks(at)).body.keys;
      expect(published.kid).toBe(keyIdOf(token));
      const publicKey = createPublicKey({ key: published, format: 'jwk' });
      expect(jwt.verify(token, publicKey, { algorithms: ['ES256'] })).toMatchObject({ iss: 'biometrics' });
    });
  });
});

describe('the rotation of keys', () => {
  it('ends no session: a token is good as long as its key is in the ring, and is refreshed with the new one', async () => {
    const before = await withKeys([older.privateJwk], signUp);
    expect(keyIdOf(before.access_token)).toBe(older.kid);

    const announced = [older.privateJwk, newer.publicJwk];
    await withKeys(announced, async (at) => {
      expect(await statusOf(at, before.access_token)).toBe(200);
      expect(keyIdOf((await signUp(at)).access_token)).toBe(older.kid);
    });

    await withKeys([newer.privateJwk, older.publicJwk], async (at) => {
      expect(await statusOf(at, before.access_token)).toBe(200);
      expect(keyIdOf((await signUp(at)).access_token)).toBe(newer.kid);
    });

    await withKeys([newer.privateJwk], async (at) => {
      expect(await statusOf(at, before.access_token)).toBe(401);
      const payload = { refresh_token: before.refresh_token };
      const { status, body } = await at.request({ method: 'POST', url: '/api/v1/auth/refresh', payload });
      expect(status).toBe(200);
      expect(keyIdOf(body.tokens.access_token)).toBe(newer.kid);
      expect(await statusOf(at, body.tokens.access_token)).toBe(200);
    });
  });

  it('from the shared secret to key pairs ends access tokens and no session', async () => {
    const before = await withKeys([], signUp);
    await withKeys([newer.privateJwk], async (at) => {
      expect(await statusOf(at, before.access_token)).toBe(401);
      const payload = { refresh_token: before.refresh_token };
      expect((await at.request({ method: 'POST', url: '/api/v1/auth/refresh', payload })).status).toBe(200);
    });
  });
});
