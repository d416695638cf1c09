import { lookup as dnsLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressPolicy } from './address-policy.js';
import { EgressError } from './egress.error.js';

/** Says which addresses a name has, as `dns.lookup` does. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A look-up for `net.connect` that gives only addresses the policy allows. The check and the connection use the same
 * answer, so that a name cannot point elsewhere in between (DNS rebinding). A name with several addresses is refused
 * when one of them is: which one gets called would be chance, or the choice of whoever runs the name server.
 */
export function pinnedLookup(policy: AddressPolicy, resolve: Resolve = dnsLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
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
    `${host} is a private, loopback, link-local or reserved address, which the operator has not allowed (EGRESS_ALLOW).`,
    false,
  );
}
