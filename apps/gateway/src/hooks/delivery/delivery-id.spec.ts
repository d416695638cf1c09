import { describe, expect, it } from 'vitest';
import { deliveryId } from './delivery-id.js';

const id = (headers: Record<string, string>) =>
  deliveryId({ method: 'POST', query: {}, headers, body: Buffer.alloc(0) });

describe('deliveryId', () => {
  it.each([
    [{}, null],
    [{ 'webhook-id': '' }, null],
    [{ 'webhook-id': 'msg_1', 'x-github-delivery': '2' }, 'msg_1'],
    [{ 'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958' }, '72d3162e-cc78-11e3-81ab-4c9367dc0958'],
  ])('of %j is %s', (headers, expected) => expect(id(headers)).toBe(expected));

  it('fits its column and still tells long ones apart', () => {
    const [a, b] = [id({ 'webhook-id': `${'x'.repeat(300)}a` }), id({ 'webhook-id': `${'x'.repeat(300)}b` })];
    expect(a).toHaveLength(64);
    expect(a).not.toBe(b);
  });
});
