import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AddressPolicy } from './address-policy.js';
import { checkedUrl } from './checked-url.js';
import { EgressError } from './egress.error.js';
import { refusal } from './pinned-lookup.js';

/**
 * What is wrong with a URL that is to be called later; undefined when nothing is. A name that does not resolve now may
 * do so then, when it is checked again.
 * @param allow EGRESS_ALLOW
 */
export async function mistakeInDestination(allow: readonly string[], text: string): Promise<string | undefined> {
  const policy = new AddressPolicy(allow);
  try {
    const host = checkedUrl(text, policy).hostname;
    if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return undefined;
    const addresses = await lookup(host, { all: true }).catch(() => []);
    return addresses.every(({ address }) => policy.allows(host, address)) ? undefined : refusal(host).message;
  } catch (error) {
    if (error instanceof EgressError) return error.message;
    throw error;
  }
}
