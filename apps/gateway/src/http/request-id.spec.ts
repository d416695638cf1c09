import { describe, expect, it } from 'vitest';
import { requestId } from './request-id.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('requestId', () => {
  it('is fresh for each request that brings none', () => {
    const ids = Array.from({ length: 100 }, () => requestId({ headers: {} }));
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(100);
  });

  it.each(['a', '7b0c1f0e-7e3c-4a55-9d9c-3a4e6c2a3c11', 'trace:1.2_3-4', 'x'.repeat(128)])('keeps %j', (id) => {
    expect(requestId({ headers: { 'x-request-id': id } })).toBe(id);
  });

  it.each(['', ' ', '-a', 'a b', 'a\r\nSet-Cookie: x', 'ä', '"', 'x'.repeat(129)])('replaces %j', (id) => {
    expect(requestId({ headers: { 'x-request-id': id } })).toMatch(UUID);
  });
});
