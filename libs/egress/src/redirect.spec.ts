import { describe, expect, it } from 'vitest';
import { egressCall } from '../../../test/egress/egress-world.js';
import { withoutCredentials } from './credential-headers.js';
import { nextHop, type Hop } from './redirect.js';

const authorization = { authorization: 'Bearer s' };

function follow(from: string, location: string, status = 302, method = 'GET'): Hop {
  const hop = { method, url: from, headers: authorization, body: null, afterEffect: false };
  return nextHop(hop, new URL(from), { status, location }, egressCall(from));
}

describe('nextHop', () => {
  it.each([
    ['GET', 302, false],
    ['POST', 307, false],
    ['POST', 303, true],
  ])('never goes from https to http (%s, %i)', (method, status, mayHaveHappened) => {
    for (const location of ['http://example.com/', 'http://other.example/', 'HTTP://EXAMPLE.COM/']) {
      expect(() => follow('https://example.com/', location, status, method)).toThrow(
        expect.objectContaining({ code: 'EGRESS_REFUSED', mayHaveHappened }),
      );
    }
  });

  it.each([
    ['https://example.com/a', '/b', 'https://example.com/b'],
    ['https://example.com/a', 'https://EXAMPLE.com:443/b', 'https://example.com/b'],
    ['https://example.com/a', '//example.com/b', 'https://example.com/b'],
  ])('keeps credentials from %s to %s', (from, to, url) => {
    expect(follow(from, to)).toMatchObject({ url, headers: authorization });
  });

  it.each([
    ['http://example.com/', 'https://example.com/'],
    ['https://example.com/', 'https://example.com:8443/'],
    ['https://example.com/', 'https://www.example.com/'],
    ['https://example.com/', 'https://example.com./'],
    ['https://example.com/', '//evil.test/'],
    ['https://example.com/', '\\\\evil.test/'],
  ])('leaves credentials behind from %s to %s', (from, to) => {
    expect(follow(from, to).headers).toEqual({});
  });
});

describe('withoutCredentials', () => {
  it.each([
    'Authorization',
    'Proxy-Authorization',
    'Cookie',
    'Cookie2',
    'Idempotency-Key',
    'X-API-Key',
    'apikey',
    'api_key',
    'X-Auth-Token',
    'Private-Token',
    'X-Amz-Security-Token',
    'X-Hub-Signature-256',
    'webhook-signature',
    'X-Client-Secret',
    'X-CSRF-Token',
    'X-Session-Id',
    'X-SessionId',
    'Host',
    'Origin',
    'Referer',
  ])('drops %s', (name) => expect(withoutCredentials({ [name]: 'x' })).toEqual({}));

  it.each([
    'Accept',
    'Content-Type',
    'If-None-Match',
    'X-Request-Id',
    'traceparent',
    'User-Agent',
    'X-Author',
    'X-Keyboard',
  ])('keeps %s', (name) => expect(withoutCredentials({ [name]: 'x' })).toEqual({ [name]: 'x' }));
});
