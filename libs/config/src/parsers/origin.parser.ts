import type { Parser } from './parser.js';

/** A web origin (RFC 6454): scheme, host and port, nothing behind them. A trailing slash is dropped. */
export const origin: Parser<string> = {
  expects: 'an origin such as https://app.example.com',
  parse: (text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return undefined;
    return parsed.origin === text.replace(/\/$/, '').toLowerCase() ? parsed.origin : undefined;
  },
  write: String,
};
