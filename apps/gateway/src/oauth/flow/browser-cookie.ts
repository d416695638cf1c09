import { hashToken, newToken } from '@app/security';

const LIFETIME_S = 600;
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** The cookie of one provider's flows. */
export interface BrowserCookie {
  name: string;
  /** Whether it may travel without TLS: where the callback is a server on the developer's machine. */
  plain: boolean;
  /** Whether it has to come along when another site posts a form here. */
  crossSite: boolean;
}

/**
 * A cookie that tells the browser which began a sign-in from any other, for ten minutes. Without it a stranger could
 * begin one, and have somebody else's browser finish it: that person would be signed in as the stranger, or the
 * stranger's account at a provider added to theirs (RFC 9700 §4.7).
 *
 * It does not contradict "the API takes no cookies": nobody is let in by it, and a request without it does nothing
 * that one with it does not. It can only take away a callback's success, so there is nothing for CSRF to ride on.
 */
export function browserCookie(options: { redirectUrl: string; answersByPost: boolean }): BrowserCookie {
  const plain = options.redirectUrl.startsWith('http:');
  // A browser takes a cookie of this prefix from this host alone, with TLS: no other host can plant one (RFC 6265bis).
  const prefix = plain ? '' : '__Host-';
  return { name: `${prefix}oauth${options.answersByPost ? '-post' : ''}`, plain, crossSite: options.answersByPost };
}

/** The header that gives the browser a cookie. A value that it has already serves several sign-ins at once. */
export function giveCookie(cookie: BrowserCookie, sent: string | undefined): { header: string; hash: string } {
  const value = readCookie(cookie, sent) ?? newToken();
  const attributes = [
    `${cookie.name}=${value}`,
    'Path=/',
    `Max-Age=${LIFETIME_S}`,
    'HttpOnly',
    // Lax comes along when a browser is sent back by a link or a redirect; a posted form needs None, which needs TLS.
    `SameSite=${cookie.crossSite && !cookie.plain ? 'None' : 'Lax'}`,
    ...(cookie.plain ? [] : ['Secure']),
  ];
  return { header: attributes.join('; '), hash: hashToken(value) };
}

/** Whether the cookies of a request hold what was given. Compared as hashes, so timing tells nothing about the value. */
export function hasCookie(cookie: BrowserCookie, sent: string | undefined, hash: string): boolean {
  const value = readCookie(cookie, sent);
  return value !== undefined && hashToken(value) === hash;
}

function readCookie({ name }: BrowserCookie, sent: string | undefined): string | undefined {
  const pairs = (sent ?? '').split(';').map((pair) => pair.trim());
  const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  return value !== undefined && VALUE.test(value) ? value : undefined;
}
