import { describe, expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.js';

describe('AddressPolicy', () => {
  it.each([
    ['IPv4-compatible loopback', '::7f00:1'],
    ['IPv4-compatible private', '::10.1.2.3'],
    ['IPv4-mapped metadata', '::ffff:169.254.169.254'],
    ['IPv4-mapped public', '::ffff:1.1.1.1'],
    ['IPv4-translated loopback', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::a9fe:a9fe'],
    ['NAT64 of a local network', '64:ff9b:1::7f00:1'],
    ['Teredo', '2001:0:7f00:1::1'],
    ['6to4', '2002:7f00:1::'],
    ['unique local, metadata', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['site-local', 'fec0::1'],
    ['documentation', '3fff::1'],
    ['segment routing', '5f00::1'],
    ['multicast', 'ff02::1'],
    ['shared (CGNAT)', '100.64.0.1'],
    ['metadata in the shared range', '100.100.100.200'],
    ['broadcast', '255.255.255.255'],
    ['no address', 'example.com'],
  ])('closes %s: %s', (_what, address) => {
    expect(new AddressPolicy([]).allows(address, address)).toBe(false);
  });

  it.each(['1.1.1.1', '93.184.215.14', '2606:4700:4700::1111'])('leaves %s open', (address) => {
    expect(new AddressPolicy([]).allows(address, address)).toBe(true);
  });
});
