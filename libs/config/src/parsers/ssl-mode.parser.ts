import type { Parser } from './parser.js';

/** As the PostgreSQL driver takes it: no TLS, TLS to whoever answers, or TLS to a host with a valid certificate. */
export type DatabaseSsl = false | { rejectUnauthorized: boolean };

const REQUIRE = { rejectUnauthorized: false };
const VERIFY = { rejectUnauthorized: true };

/** The libpq words for the three (PostgreSQL manual, 34.19.1). Node.js checks the host name whenever it verifies. */
export const sslMode: Parser<DatabaseSsl> = {
  expects: 'one of disable, require, verify-full',
  parse: (text) => {
    if (text === 'disable') return false;
    if (text === 'require') return REQUIRE;
    return text === 'verify-full' ? VERIFY : undefined;
  },
  write: (ssl) => (ssl === false ? 'disable' : ssl.rejectUnauthorized ? 'verify-full' : 'require'),
};
