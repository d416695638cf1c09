import { describe, expect, it } from 'vitest';
import { hashOf, httpCall, shownCall } from './http-call.js';

describe('httpCall', () => {
  it('sends data as JSON and text as it is', () => {
    expect(httpCall({ method: 'POST', url: 'http://x/', body: { a: 1 } })).toMatchObject({
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect(httpCall({ method: 'POST', url: 'http://x/', body: 'a=1' })).toMatchObject({ body: 'a=1', headers: {} });
    const headers = { 'Content-Type': 'application/vnd.api+json' };
    expect(httpCall({ method: 'POST', url: 'http://x/', headers, body: [] }).headers).toEqual(headers);
  });

  it('adds the query, repeats lists, and leaves out what is nothing', () => {
    const query = { q: 'a b', n: 3, list: ['x', 'y'], gone: null };
    expect(httpCall({ method: 'GET', url: 'http://x/p?z=1', query }).url).toBe(
      'http://x/p?z=1&q=a+b&n=3&list=x&list=y',
    );
    expect(httpCall({ method: 'GET', url: 'http://x/', headers: { a: null, b: 2 } }).headers).toEqual({ b: '2' });
  });
});

describe('hashOf', () => {
  const call = httpCall({ method: 'PUT', url: 'http://x/', headers: { B: '1', a: '2' }, body: 'x' });

  it('does not depend on the order or case of header names', () => {
    expect(hashOf({ ...call, headers: { A: '2', b: '1' } })).toBe(hashOf(call));
  });

  it.each([{ method: 'POST' }, { url: 'http://x/2' }, { body: 'y' }, { headers: { a: '2' } }])(
    'differs for %j',
    (more) => {
      expect(hashOf({ ...call, ...more })).not.toBe(hashOf(call));
    },
  );
});

describe('shownCall', () => {
  it('shows no credentials', () => {
    const headers = { Authorization: 'Bearer s3cret', Cookie: 's3cret', 'X-Api-Key': 's3cret', 'X-A': 'shown' };
    const shown = JSON.stringify(shownCall(httpCall({ method: 'GET', url: 'http://x/', headers })));
    expect(shown).not.toContain('s3cret');
    expect(shown).toContain('shown');
  });
});
