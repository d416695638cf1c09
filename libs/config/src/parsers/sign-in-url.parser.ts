import type { Parser } from './parser.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** An app's own scheme is its domain backwards (RFC 8252 §7.1), so that no other app or part of a browser has it. */
const APP_SCHEME = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/;

/** Whether what is sent to a URL can be read on its way: plain http is for servers on this machine. */
function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

/** Credentials in a URL end up in logs; a fragment never leaves the browser. */
function isBare({ username, password, hash }: URL): boolean {
  return username === '' && password === '' && hash === '';
}

/** An address of a server that people sign in at: https, or http on this machine, and no query. */
export const serverUrl: Parser<string> = {
  expects: 'a URL that begins with https:// (http:// for localhost) and has no query',
  parse: (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !isPrivate(url) || !isBare(url) || url.search !== '') return undefined;
    return url.href;
  },
  write: String,
};

/** Where a sign-in leads back to: a page (https, or http on this machine), or an app by a scheme of its own. */
export const returnUrl: Parser<string> = {
  expects: "a page's URL with https:// (http:// for localhost), or an app's such as com.example.app:/signed-in",
  parse: (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !isBare(url)) return undefined;
    return isPrivate(url) || APP_SCHEME.test(url.protocol) ? text : undefined;
  },
  write: String,
};
