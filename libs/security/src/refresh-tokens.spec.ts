import { newId } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { RefreshTokens } from './refresh-tokens.js';

const tokens = new RefreshTokens('a secret of the platform, long enough');
const sessionId = newId();

describe('RefreshTokens', () => {
  it('recognises what it issued, each time another token', () => {
    const [first, second] = [tokens.issue(sessionId), tokens.issue(sessionId)];
    expect(first).not.toBe(second);
    expect(tokens.sessionOf(first)).toBe(sessionId);
    expect(tokens.sessionOf(second)).toBe(sessionId);
  });

  it('is the same on every replica with the same secret, and nowhere else', () => {
    const token = tokens.issue(sessionId);
    expect(new RefreshTokens('a secret of the platform, long enough').sessionOf(token)).toBe(sessionId);
    expect(new RefreshTokens('another secret, as long as the first').sessionOf(token)).toBeUndefined();
  });

  it('refuses a token with any byte changed', () => {
    const bytes = Buffer.from(tokens.issue(sessionId), 'base64url');
    for (const index of bytes.keys()) {
      const forged = Buffer.from(bytes);
      forged[index]! ^= 1;
      expect(tokens.sessionOf(forged.toString('base64url'))).toBeUndefined();
    }
  });

  it.each(['', 'x', 'null', newId(), 'A'.repeat(86), '\0'])('refuses %j', (token) => {
    expect(tokens.sessionOf(token)).toBeUndefined();
  });

  it('refuses another spelling of the same bytes', () => {
    const token = tokens.issue(sessionId);
    expect(tokens.sessionOf(`${token}=`)).toBeUndefined();
    expect(tokens.sessionOf(` ${token}`)).toBeUndefined();
  });
});
