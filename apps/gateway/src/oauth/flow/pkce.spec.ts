import { describe, expect, it } from 'vitest';
import { provesChallenge } from './pkce.js';

// RFC 7636, appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

describe('provesChallenge', () => {
  it('takes the example of RFC 7636, and a client that uses none', () => {
    expect(provesChallenge(challenge, verifier)).toBe(true);
    expect(provesChallenge(undefined, undefined)).toBe(true);
  });

  it.each([
    [challenge, undefined],
    [undefined, verifier],
    [challenge, `${verifier}x`],
    [challenge, challenge],
    [verifier, verifier],
    ['', verifier],
  ])('refuses %s with %s', (given, shown) => {
    expect(provesChallenge(given, shown)).toBe(false);
  });
});
