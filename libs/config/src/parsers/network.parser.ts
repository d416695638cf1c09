import { isIP } from 'node:net';
import type { Parser } from './parser.js';

/** An IP address or a network in CIDR notation (RFC 4632, RFC 4291): `10.0.0.0/8`, `::1`. */
export const network: Parser<string> = {
  expects: 'an IP address or a CIDR such as 10.0.0.0/8',
  parse: (text) => (isNetwork(text) ? text : undefined),
  write: String,
};

const HOST = /^(?=.{1,253}$)(?:\*\.)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** A host name, an IP address or a CIDR. What looks like a mistyped address (`10.0.0`) is not taken for a name. */
export const hostOrNetwork: Parser<string> = {
  expects: 'a host name, an IP address or a CIDR such as 10.0.0.0/8',
  parse: (text) => (isNetwork(text) || (HOST.test(text) && /[a-z]/i.test(text)) ? text.toLowerCase() : undefined),
  write: String,
};

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}
