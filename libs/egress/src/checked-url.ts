import { isIP } from 'node:net';
import type { AddressPolicy } from './address-policy.js';
import { EgressError } from './egress.error.js';
import { refusal } from './pinned-lookup.js';

/**
 * A URL that may be called, as far as that can be told before its name is resolved (`pinnedLookup` does the rest).
 * However an address is spelled (octal, hex, one number, full-width digits), parsing gives the one it is.
 * @throws EgressError EGRESS_REFUSED
 */
export function checkedUrl(text: string, policy: AddressPolicy): URL {
  if (!URL.canParse(text)) throw refused('The url is not an absolute URL.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refused(`Only http and https URLs can be called, not ${url.protocol}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw refused(
      `The url of ${url.host} holds a user and password, which end up in logs. Send them as the header authorization, from a secret.`,
    );
  }
  // A name is checked when it is resolved; an address is never looked up, so it is checked here.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !policy.allows(host, host)) throw refusal(host);
  return url;
}

function refused(message: string): EgressError {
  return new EgressError('EGRESS_REFUSED', message, false);
}
