/**
 * Networks that are nobody's business from a workflow: this machine, private and shared networks, link-local (cloud
 * metadata among them), multicast, documentation and reserved ranges.
 * Sources: IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890), IANA IPv6 global unicast assignments.
 */
export const closedIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Azure's platform services (metadata, DNS, agents) answer at this one address, which is formally a public one.
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  // Multicast, reserved and broadcast.
  '224.0.0.0/3',
] as const;

/**
 * Everything that is not global unicast (2000::/3): loopback and IPv4 by other names (compatible, mapped, translated,
 * NAT64 64:ff9b::/96 and 64:ff9b:1::/48), discard-only, segment routing, unique local, link-local, site-local,
 * multicast, and what nobody has been given. Of global unicast: Teredo and other protocols (2001::/23), documentation,
 * 6to4 (IPv4 by yet another name) and the returned 6bone.
 */
export const closedIpv6 = [
  '::/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3ffe::/16',
  '3fff::/20',
  '4000::/2',
  '8000::/1',
] as const;
