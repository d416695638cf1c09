import { readFileSync } from 'node:fs';
import type { LookupAddress } from 'node:dns';
import { isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.js';
import { checkedUrl } from './checked-url.js';
import { pinnedLookup } from './pinned-lookup.js';

interface Spellings {
  addresses: { what: string; url: string; is: string }[];
  unparsable: string[];
  schemes: string[];
  names: { host: string; url: string }[];
}

const spellings = JSON.parse(readFileSync(new URL('./ssrf-spellings.json', import.meta.url), 'utf8')) as Spellings;
const closed = new AddressPolicy([]);
const refused = expect.objectContaining({ code: 'EGRESS_REFUSED', mayHaveHappened: false });

/** What net.connect would be told of a name that resolves to these addresses. */
function lookUp(policy: AddressPolicy, name: string, ...addresses: string[]): unknown {
  const found = addresses.map((address): LookupAddress => ({ address, family: isIPv6(address) ? 6 : 4 }));
  let told: unknown;
  const lookup = pinnedLookup(policy, (_name, _options, callback) => callback(null, found));
  lookup(name, { all: true }, (error, all) => (told = error ?? all));
  return told;
}

describe('an address that is closed', () => {
  it.each(spellings.addresses)('$what: $url is refused, and open when the operator says so', ({ url, is }) => {
    expect(() => checkedUrl(url, closed)).toThrow(refused);
    const parsed = checkedUrl(url, new AddressPolicy([is]));
    expect(parsed.hostname.replace(/^\[|\]$/g, '')).toBe(is);
    expect(() => checkedUrl(url, new AddressPolicy(['192.0.2.77', '2001:db8::77', 'example.com']))).toThrow(refused);
  });

  it.each(spellings.addresses.map(({ is }) => is))('%s is refused as the answer of a name server', (is) => {
    expect(lookUp(closed, 'rebound.example', is)).toEqual(refused);
    expect(lookUp(closed, 'rebound.example', '1.1.1.1', is)).toEqual(refused);
    expect(lookUp(new AddressPolicy([is]), 'rebound.example', is)).toEqual([expect.objectContaining({ address: is })]);
    expect(lookUp(new AddressPolicy(['rebound.example']), 'rebound.example', is)).toHaveLength(1);
  });

  it.each(['fe80::1%eth0', '2606:4700:4700::1111%eth0', '127.0.0.1 ', '', 'example.com'])(
    '%j is refused even when everything is open',
    (address) => {
      expect(lookUp(new AddressPolicy(['0.0.0.0/0', '::/0', 'x']), 'x', address)).toEqual(refused);
    },
  );

  it('is not opened by a name without an address', () => {
    expect(lookUp(new AddressPolicy(['x']), 'x')).toEqual(refused);
  });
});

describe('what is no URL of a host', () => {
  it.each([...spellings.unparsable, ...spellings.schemes])('%j is refused, whatever is open', (url) => {
    expect(() => checkedUrl(url, new AddressPolicy(['0.0.0.0/0', '::/0', 'localhost']))).toThrow(refused);
  });
});

describe('a name', () => {
  it.each(spellings.names)('$url is looked up as $host', ({ host, url }) => {
    expect(checkedUrl(url, closed).hostname).toBe(host);
  });

  it('opens by name, whatever its case and with the dot at its end, and only that name', () => {
    const policy = new AddressPolicy(['Intranet.Example']);
    for (const name of ['intranet.example', 'INTRANET.EXAMPLE', 'intranet.example.']) {
      expect(lookUp(policy, name, '10.0.0.1')).toHaveLength(1);
    }
    for (const name of ['xintranet.example', 'a.intranet.example', 'intranet.example.evil.test']) {
      expect(lookUp(policy, name, '10.0.0.1')).toEqual(refused);
    }
  });

  it('opens with all names below it', () => {
    const policy = new AddressPolicy(['*.intranet.example']);
    expect(lookUp(policy, 'a.b.Intranet.example.', '10.0.0.1')).toHaveLength(1);
    for (const name of ['intranet.example', 'xintranet.example', 'intranet.example.evil.test']) {
      expect(lookUp(policy, name, '10.0.0.1')).toEqual(refused);
    }
  });
});

describe('the public internet', () => {
  it.each([
    '1.1.1.1',
    '93.184.215.14',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
  ])('%s is open', (address) => expect(lookUp(closed, 'x', address)).toHaveLength(1));
  it.each([
    '128.0.0.1',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.169.0.0',
    '223.255.255.255',
  ])('%s is open', (address) => expect(lookUp(closed, 'x', address)).toHaveLength(1));
  it.each(['2606:4700:4700::1111', '2001:4860:4860::8888', '2a00:1450:4001::1', '2003::1', '3fff:1000::1'])(
    '%s is open',
    (address) => expect(lookUp(closed, 'x', address)).toHaveLength(1),
  );
});

describe('what is opened', () => {
  it('is open for its own kind of addresses alone', () => {
    expect(new AddressPolicy(['::/0']).allows('x', '10.0.0.1')).toBe(false);
    expect(new AddressPolicy(['0.0.0.0/0']).allows('x', '::1')).toBe(false);
    expect(new AddressPolicy(['0.0.0.0/0']).allows('x', 'fd00::1')).toBe(false);
  });

  it('is the same address when it is written as IPv4-mapped', () => {
    expect(new AddressPolicy(['127.0.0.0/8']).allows('x', '::ffff:127.0.0.1')).toBe(true);
    expect(new AddressPolicy(['127.0.0.0/8']).allows('x', '::ffff:10.0.0.1')).toBe(false);
  });
});
