import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { Delivery } from '../delivery/delivery.js';
import { verifyStandardWebhook } from './verify-standard-webhook.js';

/** The vector of the reference libraries (github.com/standard-webhooks/standard-webhooks, libraries, "sign function works"). */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const AT_S = 1_614_265_330;
const headers = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': String(AT_S),
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const BODY = '{"test": 2432232314}';

function delivery(changes: Record<string, string | undefined> = {}, body: string | Buffer = BODY): Delivery {
  return { method: 'POST', query: {}, headers: { ...headers, ...changes }, body: Buffer.from(body) };
}
const isGood = (sent: Delivery, secret = SECRET, nowS = AT_S): boolean =>
  verifyStandardWebhook(sent, secret, 300, nowS * 1_000);

describe('verifyStandardWebhook', () => {
  it('agrees with the reference vector', () => expect(isGood(delivery())).toBe(true));

  it('takes the secret without its prefix too', () => {
    expect(isGood(delivery(), SECRET.slice('whsec_'.length))).toBe(true);
  });

  it.each([
    ['another body', delivery({}, '{"test": 2432232315}')],
    ['another id', delivery({ 'webhook-id': 'msg_2' })],
    ['another time', delivery({ 'webhook-timestamp': String(AT_S + 1) })],
    ['no id', delivery({ 'webhook-id': undefined })],
    ['no time', delivery({ 'webhook-timestamp': undefined })],
    ['a time that is none', delivery({ 'webhook-timestamp': `${AT_S}x` })],
    ['no signature', delivery({ 'webhook-signature': undefined })],
    ['an empty signature', delivery({ 'webhook-signature': '' })],
    ['a part of the signature', delivery({ 'webhook-signature': headers['webhook-signature'].slice(0, 20) })],
    ['another version', delivery({ 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v1a,') })],
    ['bytes that are no UTF-8', delivery({}, Buffer.from([0xff]))],
  ])('refuses %s', (_, sent) => expect(isGood(sent)).toBe(false));

  it.each([
    [0, true],
    [300, true],
    [301, false],
    [-300, true],
    [-301, false],
  ])('%i s after it was signed is %s', (laterS, expected) => {
    expect(isGood(delivery(), SECRET, AT_S + laterS)).toBe(expected);
  });

  it('finds the right one of several signatures, as senders make them while they change their secret', () => {
    const other = new Webhook('whsec_bm90IHRoaXMgb25l').sign(headers['webhook-id'], new Date(AT_S * 1_000), BODY);
    const all = `v1a,abc ${other} ${headers['webhook-signature']} v2,x`;
    expect(isGood(delivery({ 'webhook-signature': all }))).toBe(true);
    expect(isGood(delivery({ 'webhook-signature': other }))).toBe(false);
  });

  it('takes either of two secrets while the receiver changes its own', () => {
    expect(isGood(delivery(), `whsec_bm90IHRoaXMgb25l ${SECRET}`)).toBe(true);
    expect(isGood(delivery(), 'whsec_bm90IHRoaXMgb25l whsec_bm9yIHRoaXM=')).toBe(false);
  });

  it('says when the stored secret is none', () => {
    expect(() => isGood(delivery(), 'whsec_!')).toThrow(/whsec_ and base64/);
  });
});
