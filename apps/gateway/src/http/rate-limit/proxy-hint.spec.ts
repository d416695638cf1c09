import { HttpConfig, loadConfig } from '@app/config';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { ProxyHint } from './proxy-hint.js';

const forwarded = { 'x-forwarded-for': '203.0.113.7' };
let warn: MockInstance<Logger['warn']>;
beforeEach(() => {
  warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
});
afterEach(() => warn.mockRestore());

function hints(ip: string, headers: Record<string, string>, trustProxy = ''): number {
  const hint = new ProxyHint(loadConfig(HttpConfig, { TRUST_PROXY: trustProxy }));
  for (let time = 0; time < 3; time += 1) hint.refused({ ip, headers });
  return warn.mock.calls.length;
}

describe('ProxyHint', () => {
  it.each(['10.0.0.1', '172.16.5.4', '192.168.1.1', '100.64.0.1', '127.0.0.1', '::1', 'fd00::1', '::ffff:10.0.0.1'])(
    'names TRUST_PROXY once when the clients of a proxy at %s are refused',
    (ip) => {
      expect(hints(ip, forwarded)).toBe(1);
      expect(warn.mock.lastCall?.[0]).toContain('TRUST_PROXY');
    },
  );

  it.each([
    ['a stranger sends the header', '203.0.113.9', forwarded, ''],
    ['there is no proxy', '10.0.0.1', {}, ''],
    ['proxies are trusted', '10.0.0.1', forwarded, '10.0.0.0/8'],
    ['an address only looks like one', '172.32.0.1', forwarded, ''],
  ])('says nothing when %s', (_, ip, headers, trustProxy) => {
    expect(hints(ip, headers, trustProxy)).toBe(0);
  });
});
