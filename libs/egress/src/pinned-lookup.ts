import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressPolicy } from './address-policy.js';
import { EgressError } from './egress.error.js';

/**
 * A look-up for `net.connect` that gives only addresses the policy allows. The check and the connection use the same
 * answer, so that a name cannot point elsewhere in between (DNS rebinding).
 */
export function pinnedLookup(policy: AddressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return callback(error, '', 0);
      const refused = addresses.find(({ address }) => !policy.allows(hostname, address));
      const [first] = addresses;
      if (refused !== undefined || first === undefined) return callback(refusal(hostname), '', 0);
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

/** The error for an address that is not allowed; it does not say what the name resolved to. */
export function refusal(host: string): EgressError {
  return new EgressError(
    'EGRESS_REFUSED',
    `${host} is a private, loopback or link-local address, which the operator has not allowed (EGRESS_ALLOW).`,
    false,
  );
}
