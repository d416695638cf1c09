import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { bearerToken } from './bearer-token.js';

/** A request as Node.js shows it: of headers that came twice, `headers` keeps the first. */
function tokenOf(...authorizations: string[]): string | null {
  const rawHeaders = [
    'Host',
    'x',
    ...authorizations.flatMap((value, index) => [index > 0 ? 'authorization' : 'Authorization', value]),
  ];
  const headers = authorizations[0] === undefined ? {} : { authorization: authorizations[0] };
  return bearerToken({ raw: { headers, rawHeaders } as FastifyRequest['raw'] });
}

describe('bearerToken', () => {
  it('is what stands behind Bearer, in whatever case', () => {
    expect(tokenOf('Bearer a.b-c_d~e+f/g=')).toBe('a.b-c_d~e+f/g=');
    expect(tokenOf('bearer x')).toBe('x');
  });

  it.each([
    '',
    'x',
    'Basic x',
    'Bearer',
    'Bearer ',
    'Bearer  x',
    'Bearer\tx',
    'Bearer x y',
    'Bearer x, Bearer y',
    ' Bearer x',
  ])('is not in %j', (header) => {
    expect(tokenOf(header)).toBeNull();
  });

  it('is not in two headers, even when they say the same', () => {
    expect(tokenOf()).toBeNull();
    expect(tokenOf('Bearer x', 'Bearer x')).toBeNull();
  });
});
