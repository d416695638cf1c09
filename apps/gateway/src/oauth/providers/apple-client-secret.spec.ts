import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { appleClientSecret } from './apple-client-secret.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ids = { clientId: 'com.example.app', teamId: 'TEAM123456', keyId: 'KEY1234567' };

function world(nowMs: number) {
  const clock = { nowMs };
  const authenticate = appleClientSecret(
    { ...ids, privateKey, audience: 'https://appleid.apple.com' },
    () => clock.nowMs,
  );
  const secret = () => {
    const body = new URLSearchParams();
    authenticate({ issuer: '' }, { client_id: ids.clientId }, body, new Headers());
    expect(body.get('client_id')).toBe(ids.clientId);
    return body.get('client_secret') ?? '';
  };
  return { clock, secret };
}

describe('the client secret for Apple', () => {
  it('says who it is from, for whom, and until when, and is signed with ES256', () => {
    const { secret } = world(1_800_000_000_000);
    const claims = jwt.verify(secret(), publicKey, {
      algorithms: ['ES256'],
      clockTimestamp: 1_800_000_000,
      complete: true,
    });
    expect(claims).toMatchObject({
      header: { alg: 'ES256', kid: ids.keyId },
      payload: {
        iss: ids.teamId,
        sub: ids.clientId,
        aud: 'https://appleid.apple.com',
        iat: 1_800_000_000,
        exp: 1_800_000_600,
      },
    });
  });

  it('is made anew before it is too old', () => {
    const { clock, secret } = world(1_800_000_000_000);
    const first = secret();
    clock.nowMs += 479_000;
    expect(secret()).toBe(first);
    clock.nowMs += 1_000;
    expect(jwt.decode(secret())).toMatchObject({ iat: 1_800_000_480, exp: 1_800_001_080 });
  });
});
