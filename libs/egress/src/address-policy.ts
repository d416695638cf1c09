import { BlockList, isIP, isIPv4 } from 'node:net';
import { closedIpv4, closedIpv6 } from './closed-networks.js';

/** Which addresses may be called: the public internet, and what the operator allows by name or network. */
export class AddressPolicy {
  // Lists by family: for BlockList every IPv4 address is inside an IPv6 network that holds ::ffff:0:0/96.
  private readonly closed = { ipv4: blockList(closedIpv4), ipv6: blockList(closedIpv6) };
  private readonly open: { ipv4: BlockList; ipv6: BlockList };
  private readonly openHosts: ReadonlySet<string>;
  /** What follows the star of `*.example.com`, with the dot. */
  private readonly openSuffixes: readonly string[];

  /** @param allow host names (`*.` in front: all below), addresses and CIDR networks that are open although private */
  constructor(allow: readonly string[]) {
    const networks = allow.filter((entry) => isIP(withoutPrefix(entry)) !== 0);
    const names = allow.filter((entry) => !networks.includes(entry)).map(plainName);
    // A network of IPv4 opens its IPv4-mapped spelling too, which is the same address.
    this.open = { ipv4: blockList(networks.filter((it) => isIPv4(withoutPrefix(it)))), ipv6: blockList(networks) };
    this.openHosts = new Set(names.filter((name) => !name.startsWith('*.')));
    this.openSuffixes = names.filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  }

  /**
   * @param host the name as it stands in the URL
   * @param address what it resolved to, or the name itself when it is an address
   */
  allows(host: string, address: string): boolean {
    // An address with a zone (fe80::1%eth0) belongs to one network of this machine.
    if (isIP(address) === 0 || address.includes('%')) return false;
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (this.open[family].check(address, family) || this.opens(plainName(host))) return true;
    return !this.closed[family].check(address, family);
  }

  private opens(name: string): boolean {
    return this.openHosts.has(name) || this.openSuffixes.some((suffix) => name.endsWith(suffix));
  }
}

/** A name without regard to case and to the dot that marks it as complete. */
function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function withoutPrefix(network: string): string {
  return network.split('/')[0] ?? '';
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
