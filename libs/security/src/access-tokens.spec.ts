import { generateKeyPairSync } from 'node:crypto';
import { newId, UserRole } from '@app/contracts';
import { forgedJws } from '@app/testing';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { AccessTokens } from './access-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';
import { hmacKey, SigningKeys } from './signing-keys.js';

const secret = 'kAv8mZ2sQe1tYw7rXc4uNb6pLd9fGh3j';
const key = hmacKey(secret);
const options = { issuer: 'biometrics', audience: 'biometrics-api', ttlMs: 900_000 };
const tokens = new AccessTokens({ ...options, keys: new SigningKeys([key]) });
const subject = {
  tokenId: newId(),
  userId: newId(),
  sessionId: newId(),
  email: 'ada@example.com',
  roles: [UserRole.User],
};

const header = { alg: 'HS256', typ: 'at+jwt', kid: key.id };

function claims(): Record<string, unknown> {
  return jwt.decode(tokens.sign(subject, Date.now()).token) as Record<string, unknown>;
}

/** A token of ours with some claims changed, signed with the right key. A change to undefined takes the claim away. */
function resigned(change: Record<string, unknown>): string {
  return forgedJws(header, { ...claims(), ...change }, secret);
}

/** A token of ours under another header, signed with the right key. */
function headed(change: Record<string, unknown>): string {
  return forgedJws({ ...header, ...change }, claims(), secret);
}

describe('an access token', () => {
  it('says who it speaks for, with the claims of the contract', () => {
    const { token, expiresAt } = tokens.sign(subject, 1_795_000_000_500);
    expect(expiresAt).toBe(1_795_000_900);
    expect(jwt.decode(token)).toEqual({
      iss: 'biometrics',
      aud: 'biometrics-api',
      sub: subject.userId,
      sid: subject.sessionId,
      jti: subject.tokenId,
      iat: 1_795_000_000,
      nbf: 1_794_999_995,
      exp: 1_795_000_900,
      typ: 'access',
      email: 'ada@example.com',
      roles: ['user'],
    });
  });

  it('says in its header what it is and which key to verify it with', () => {
    const decoded = jwt.decode(tokens.sign(subject, Date.now()).token, { complete: true });
    expect(decoded?.header).toEqual(header);
  });

  it('is verified with the same answer', () => {
    const now = Date.now();
    expect(tokens.verify(tokens.sign(subject, now).token)).toEqual({
      ...subject,
      issuedAt: Math.floor(now / 1000),
      expiresAt: Math.floor(now / 1000) + 900,
    });
  });

  it('is not for one who has another secret: none is built in', () => {
    const another = hmacKey('another secret that is long enough to be one', key.id);
    const other = new AccessTokens({ ...options, keys: new SigningKeys([another]) });
    expect(() => other.verify(tokens.sign(subject, Date.now()).token)).toThrow('A valid access token is needed.');
  });
});

describe('verify refuses, always in the same words,', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const now = Math.floor(Date.now() / 1000);
  const cases: [string, string][] = [
    ['nothing', ''],
    ['what is no token', 'a.b.c'],
    ['a refresh token', new RefreshTokens(secret).issue(subject.sessionId)],
    ['a token of another type', resigned({ typ: 'refresh' })],
    ['a token without a type', resigned({ typ: undefined })],
    ['a token that is over', resigned({ exp: now - 1 })],
    ['a token that never ends', resigned({ exp: undefined })],
    ['a token that is not valid yet', resigned({ nbf: now + 60 })],
    ['a token of another issuer', resigned({ iss: 'somebody' })],
    ['a token for another audience', resigned({ aud: 'somebody' })],
    ['a token for several audiences', resigned({ aud: ['biometrics-api', 'somebody'] })],
    ['a token that does not say since when it is valid', resigned({ nbf: undefined })],
    ['a token that does not say when it was issued', resigned({ iat: undefined })],
    ['a time that is no number', resigned({ iat: String(now) })],
    ['a time that is no whole number', resigned({ exp: now + 60.5 })],
    ['a token without an address', resigned({ email: undefined })],
    ['a header of another type', headed({ typ: 'JWT' })],
    ['a header without a type', headed({ typ: undefined })],
    ['a subject that is no id', resigned({ sub: 'admin' })],
    ['a token without a session', resigned({ sid: undefined })],
    ['a token without an id', resigned({ jti: 1 })],
    ['a role nobody knows', resigned({ roles: ['user', 'god'] })],
    ['roles that are no list', resigned({ roles: 'admin' })],
    ['another algorithm with the right secret', headed({ alg: 'HS512' })],
    ['alg none', forgedJws({ ...header, alg: 'none' }, claims(), null)],
    ['a token without its signature', forgedJws(header, claims(), null)],
    ['an RSA signature', jwt.sign({ ...subject, typ: 'access' }, privateKey, { algorithm: 'RS256' })],
    [
      'a public key used as a secret',
      jwt.sign({ typ: 'access' }, publicKey.export({ type: 'spki', format: 'pem' }).toString(), { algorithm: 'HS256' }),
    ],
    ['a changed payload', tokens.sign(subject, Date.now()).token.replace(/\.[^.]+\./, '.e30.')],
  ];

  it.each(cases)('%s', (_, token) => {
    expect(() => tokens.verify(token)).toThrow(
      expect.objectContaining({ code: 'UNAUTHORIZED', message: 'A valid access token is needed.' }),
    );
  });
});
