/**
 * The API, as a page uses it. The access token is kept in memory alone; the refresh token in a cookie that no script
 * can read. A page that is loaded anew therefore asks for an access token first.
 */

/** Requests are made this long before the token expires. */
const MARGIN_S = 30;

/** @type {{ access_token: string, expires_at: number } | undefined} */
let tokens;

/** An answer that is not a success: its problem document. */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} document */
  constructor(status, document) {
    super(document.errors?.[0] ? sentenceOf(document.errors[0]) : (document.detail ?? 'Something went wrong.'));
    this.status = status;
    /** @type {string} */
    this.code = document.code ?? '';
    /** @type {string[]} */
    this.methods = document.needed_proof?.methods ?? [];
  }
}

/** @param {{ field: string, message: string }} error */
function sentenceOf({ field, message }) {
  return `${field.split('.').at(-1)?.replaceAll('_', ' ')} ${message}.`;
}

/**
 * A request that asks for no credentials.
 * @param {string} method @param {string} path @param {object} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export async function send(method, path, body, headers = {}) {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const answer = isJson ? await response.json() : undefined;
  if (!response.ok) throw new Problem(response.status, answer ?? {});
  return answer;
}

/**
 * A sign-in by one of the routes for it.
 * @param {string} path @param {object} body
 * @returns {Promise<any>} the person
 */
export async function signIn(path, body) {
  const answer = await send('POST', path, { ...body, refresh_in_cookie: true });
  tokens = answer.tokens;
  return answer.user;
}

/** Whether the browser still is signed in, from before the page was loaded. */
export async function restore() {
  try {
    await refresh();
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return false;
    throw error;
  }
}

/** One refresh at a time in all tabs: of two at once, the second would come with a token that is used up. */
async function refresh() {
  const before = tokens;
  await navigator.locks.request('biometrics-refresh', async () => {
    if (tokens !== before) return;
    tokens = (await send('POST', '/auth/refresh', {})).tokens;
  });
}

/**
 * A request of the person who is signed in.
 * @param {string} method @param {string} path @param {object} [body]
 * @returns {Promise<any>}
 */
export async function call(method, path, body) {
  if (!tokens || tokens.expires_at - MARGIN_S < Date.now() / 1000) await refresh();
  return send(method, path, body, { authorization: `Bearer ${tokens?.access_token}` });
}

/** Ends the session. */
export async function signOut() {
  await call('POST', '/auth/logout');
  tokens = undefined;
}

/** Takes the token out of the address (`#token=…`), so that it stays neither on the screen nor in the history. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
  history.replaceState(null, '', location.pathname);
  return token;
}
