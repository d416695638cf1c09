import { newId, UserRole } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { VerifiedTokens } from './verified-tokens.js';

const claims = {
  tokenId: newId(),
  userId: newId(),
  sessionId: newId(),
  email: 'ada@example.com',
  roles: [UserRole.User],
  issuedAt: 1_795_000_000,
  expiresAt: 1_795_000_900,
};

describe('VerifiedTokens', () => {
  it('knows a token until its time is over', () => {
    const verified = new VerifiedTokens();
    verified.add('a.b.c', claims);
    expect(verified.find('a.b.c', 1_795_000_899_999)).toBe(claims);
    expect(verified.find('a.b.c', 1_795_000_900_000)).toBeUndefined();
    expect(verified.find('a.b.d', 1_795_000_000_000)).toBeUndefined();
  });

  it('forgets the oldest when there are too many', () => {
    const verified = new VerifiedTokens();
    for (let i = 0; i <= 10_000; i++) verified.add(`token ${i}`, claims);
    expect(verified.find('token 0', 0)).toBeUndefined();
    expect(verified.find('token 1', 0)).toBe(claims);
    expect(verified.find('token 10000', 0)).toBe(claims);
  });
});
