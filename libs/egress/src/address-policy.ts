import { BlockList, isIP } from 'node:net';

/**
 * Networks that are nobody's business from a workflow: this machine, private and shared networks, link-local (cloud
 * metadata among them), multicast, documentation and reserved ranges (IANA special-purpose registries).
 */
const closedNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // IPv4-compatible (this machine's :: and ::1 among them), IPv4-translated and NAT64 addresses lead to IPv4 networks
  // by another name; so do Teredo (in 2001::/23) and 6to4 (2002::/16).
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  // Site-local: deprecated, and still routed inside some networks.
  'fec0::/10',
  'ff00::/8',
] as const;

/** IPv4 by another name too, in a list of its own: for BlockList every IPv4 address is inside this network. */
const ipv4Mapped = ['::ffff:0:0/96'] as const;

/** Which addresses may be called: the public internet, and what the operator allows by name or network. */
export class AddressPolicy {
  private readonly closed = blockList(closedNetworks);
  private readonly mapped = blockList(ipv4Mapped);
  private readonly open: BlockList;
  private readonly openHosts: ReadonlySet<string>;

  /** @param allow host names, addresses and CIDR networks that are open although they are private */
  constructor(allow: readonly string[]) {
    const networks = allow.filter((entry) => isIP(entry.split('/')[0] ?? '') !== 0);
    this.open = blockList(networks);
    this.openHosts = new Set(allow.filter((entry) => !networks.includes(entry)).map((host) => host.toLowerCase()));
  }

  /**
   * @param host the name as it stands in the URL
   * @param address what it resolved to, or the name itself when it is an address
   */
  allows(host: string, address: string): boolean {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) return false;
    if (this.open.check(address, family) || this.openHosts.has(host.toLowerCase())) return true;
    if (family === 'ipv6' && this.mapped.check(address, family)) return false;
    return !this.closed.check(address, family);
  }
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
