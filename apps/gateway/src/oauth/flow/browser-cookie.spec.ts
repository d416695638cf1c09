import { describe, expect, it } from 'vitest';
import { browserCookie, giveCookie, hasCookie } from './browser-cookie.js';

const google = browserCookie({ redirectUrl: 'https://api.example.com/callback', answersByPost: false });
const apple = browserCookie({ redirectUrl: 'https://api.example.com/callback', answersByPost: true });
const local = browserCookie({ redirectUrl: 'http://localhost:8080/callback', answersByPost: true });

function valueIn(header: string): string {
  return /^[^=]+=([^;]+)/.exec(header)?.[1] ?? '';
}

describe('the cookie of the browser that began', () => {
  it('is of this host alone, and not for scripts', () => {
    const { header } = giveCookie(google, undefined);
    expect(header).toMatch(/^__Host-oauth=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);
  });

  it('comes along with a posted form where it has to', () => {
    expect(giveCookie(apple, undefined).header).toMatch(/^__Host-oauth-post=.*; SameSite=None; Secure$/);
  });

  it('goes without TLS where there is none: on the machine of a developer', () => {
    expect(giveCookie(local, undefined).header).toMatch(
      /^oauth-post=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/,
    );
  });

  it('is recognised by its hash, among others', () => {
    const { header, hash } = giveCookie(google, undefined);
    const value = valueIn(header);
    expect(hash).not.toContain(value);
    expect(hasCookie(google, `a=b; __Host-oauth=${value}; c=d`, hash)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '__Host-oauth=',
    `__Host-oauth=${'x'.repeat(43)}`,
    (value: string) => `oauth=${value}`,
    (value: string) => `__Host-oauth-post=${value}`,
    (value: string) => `x__Host-oauth=${value}`,
    (value: string) => `__Host-oauth=${value}x`,
    (value: string) => `__host-oauth=${value}`,
  ])('is not %s', (sent) => {
    const { header, hash } = giveCookie(google, undefined);
    expect(hasCookie(google, typeof sent === 'function' ? sent(valueIn(header)) : sent, hash)).toBe(false);
  });

  it("serves several sign-ins at once, but no value of somebody else's making", () => {
    const first = giveCookie(google, undefined);
    const second = giveCookie(google, `__Host-oauth=${valueIn(first.header)}`);
    expect(second).toEqual(first);
    expect(valueIn(giveCookie(google, '__Host-oauth=chosen').header)).toMatch(/^[\w-]{43}$/);
  });
});
