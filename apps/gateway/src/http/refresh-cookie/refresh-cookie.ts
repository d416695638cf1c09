/**
 * Where pages of ours keep their refresh token: no script can read it, no request from another site carries it, and
 * the prefix keeps every other host, also one below this domain, from setting it (RFC 6265bis §4.1.3.2).
 */
const NAME = '__Host-biometrics_refresh';
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

/** The `Set-Cookie` that keeps a token for `ttlMs`. */
export function refreshCookie(token: string, ttlMs: number): string {
  return `${NAME}=${token}; Max-Age=${Math.floor(ttlMs / 1_000)}; ${ATTRIBUTES}`;
}

/** The `Set-Cookie` that makes a browser forget the token. */
export const FORGOTTEN_REFRESH_COOKIE = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/** The token in a `Cookie` header; undefined when there is none. */
export function refreshTokenIn(cookies: string | undefined): string | undefined {
  const pairs = cookies?.split(';').map((pair) => pair.trim()) ?? [];
  return pairs.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1) || undefined;
}
