import { describe, expect, it } from 'vitest';
import { isProved, proofMethodsOf, type SessionProof } from './session-proof.js';

const byPassword: SessionProof = {
  proved_by: 'password',
  is_recent: true,
  has_password: true,
  has_passkey: false,
  providers: [],
};

describe('isProved', () => {
  it.each<[string, Partial<SessionProof>, boolean]>([
    ['a recent password', {}, true],
    ['an old password', { is_recent: false }, false],
    ['a recent sign-in with a provider', { proved_by: 'google' }, true],
    ['a recent password of somebody who has a passkey', { has_passkey: true }, false],
    ['a recent provider of somebody who has a passkey', { has_passkey: true, proved_by: 'apple' }, false],
    ['a recent passkey', { has_passkey: true, proved_by: 'passkey' }, true],
    ['an old passkey', { has_passkey: true, proved_by: 'passkey', is_recent: false }, false],
  ])('%s: %j is %s', (_, change, expected) => {
    expect(isProved({ ...byPassword, ...change })).toBe(expected);
  });
});

describe('proofMethodsOf', () => {
  it('asks for the passkey of those who have one', () => {
    expect(proofMethodsOf({ ...byPassword, has_passkey: true, providers: ['github'] })).toEqual(['passkey']);
  });

  it('asks the others for what they have', () => {
    expect(proofMethodsOf({ ...byPassword, providers: ['github'] })).toEqual(['password', 'github']);
    expect(proofMethodsOf({ ...byPassword, has_password: false, providers: ['apple'] })).toEqual(['apple']);
  });
});
