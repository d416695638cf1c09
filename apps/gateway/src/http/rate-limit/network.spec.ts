import { describe, expect, it } from 'vitest';
import { networkOf } from './network.js';

describe('networkOf', () => {
  it.each([
    ['an IPv4 address is itself', '203.0.113.7', '203.0.113.7'],
    ['as is one in the clothes of IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
    ['an IPv6 address is its /64', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['however it is shortened', '2001:db8::6', '2001:db8:0:0::/64'],
    ['at its end', '2001:db8:1::', '2001:db8:1:0::/64'],
    ['or its beginning', '::1', '0:0:0:0::/64'],
    ['or written at length', '2001:0DB8:0001:0000:0000:0000:0000:0001', '2001:db8:1:0::/64'],
    ['with an IPv4 address at its end', '64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['with a zone', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['without a sense it is itself', 'somewhere', 'somewhere'],
  ])('%s', (_, address, expected) => {
    expect(networkOf(address)).toBe(expected);
  });
});
