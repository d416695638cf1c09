import { describe, expect, it } from 'vitest';
import { FORGOTTEN_REFRESH_COOKIE, refreshCookie, refreshTokenIn } from './refresh-cookie.js';

describe('the refresh cookie', () => {
  it('is out of reach of scripts, of other sites and of other hosts', () => {
    expect(refreshCookie('abc', 60_000)).toBe(
      '__Host-biometrics_refresh=abc; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict',
    );
    expect(FORGOTTEN_REFRESH_COOKIE).toContain('__Host-biometrics_refresh=; Max-Age=0; Path=/; Secure');
  });

  it.each([
    ['__Host-biometrics_refresh=abc', 'abc'],
    ['other=1; __Host-biometrics_refresh=a.b-c_d; more=2', 'a.b-c_d'],
    ['biometrics_refresh=abc', undefined],
    ['x__Host-biometrics_refresh=abc', undefined],
    ['__Host-biometrics_refresh=', undefined],
    [undefined, undefined],
  ])('is found in %j', (header, token) => {
    expect(refreshTokenIn(header)).toBe(token);
  });
});
