import { createHmac } from 'node:crypto';
import type { WebhookVerification } from '@app/definition';
import { describe, expect, it } from 'vitest';
import { verifyHmac } from './verify-hmac.js';

function signed(body: string, headers: Record<string, string>) {
  return { method: 'POST', query: {}, headers, body: Buffer.from(body) };
}

describe('verifyHmac', () => {
  it("agrees with GitHub's published example", () => {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    const rules: WebhookVerification = { type: 'hmac', header: 'X-Hub-Signature-256', prefix: 'sha256=' };
    const signature = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const delivery = signed('Hello, World!', { 'x-hub-signature-256': `sha256=${signature}` });
    expect(verifyHmac(delivery, rules, "It's a Secret to Everybody", 0)).toBe(true);
    expect(verifyHmac(delivery, rules, "It's a Secret to Nobody", 0)).toBe(false);
    const bare = signed('Hello, World!', { 'x-hub-signature-256': signature });
    expect(verifyHmac(bare, rules, "It's a Secret to Everybody", 0)).toBe(false);
  });

  describe('Slack', () => {
    // https://docs.slack.dev/authentication/verifying-requests-from-slack
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&' +
      'channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&' +
      'response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&' +
      'trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const rules: WebhookVerification = {
      type: 'hmac',
      header: 'X-Slack-Signature',
      prefix: 'v0=',
      timestamp_header: 'X-Slack-Request-Timestamp',
    };
    const delivery = signed(body, {
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      'x-slack-request-timestamp': '1531420618',
    });
    const key = '8f742231b10e8888abcd99yyyzzz85a5';

    it.each([
      ['in time', 1_531_420_618, true],
      ['5 minutes later', 1_531_420_918, true],
      ['later still', 1_531_420_919, false],
      ['before it was signed', 1_531_420_317, false],
    ])('agrees with its published example, %s', (_, atS, expected) => {
      expect(verifyHmac(delivery, rules, key, atS * 1000)).toBe(expected);
    });

    it('needs the time', () => {
      const { 'x-slack-request-timestamp': _, ...headers } = delivery.headers;
      expect(verifyHmac({ ...delivery, headers }, rules, key, 1_531_420_618_000)).toBe(false);
    });
  });

  it('takes time and signatures from one header, as Stripe writes it', () => {
    const rules: WebhookVerification = {
      type: 'hmac',
      header: 'Stripe-Signature',
      timestamp_header: 'stripe-signature',
      prefix: 'v1=',
      tolerance_s: 10,
    };
    const good = createHmac('sha256', 'whsec').update('1700000000.{}').digest('hex');
    const at = (value: string, nowS = 1_700_000_000) =>
      verifyHmac(signed('{}', { 'stripe-signature': value }), rules, 'whsec', nowS * 1000);
    expect(at(`t=1700000000,v1=${good}`)).toBe(true);
    expect(at(`t=1700000000, v1=${'0'.repeat(64)}, v1=${good}, v0=x`)).toBe(true);
    expect(at(`t=1700000000,v0=${good}`)).toBe(false);
    expect(at(`t=1700000001,v1=${good}`)).toBe(false);
    expect(at(`v1=${good}`)).toBe(false);
    expect(at(`t=1700000000,v1=${good}`, 1_700_000_011)).toBe(false);
  });

  it('takes base64, as Shopify writes it', () => {
    const rules: WebhookVerification = { type: 'hmac', header: 'X-Shopify-Hmac-Sha256', encoding: 'base64' };
    const good = createHmac('sha256', 'key').update('{}').digest('base64');
    expect(verifyHmac(signed('{}', { 'x-shopify-hmac-sha256': good }), rules, 'key', 0)).toBe(true);
    expect(verifyHmac(signed('{ }', { 'x-shopify-hmac-sha256': good }), rules, 'key', 0)).toBe(false);
    expect(verifyHmac(signed('{}', {}), rules, 'key', 0)).toBe(false);
  });

  it('signs "<time>.<body>" for a time in a header of its own', () => {
    const rules: WebhookVerification = {
      type: 'hmac',
      header: 'x-sig',
      timestamp_header: 'x-time',
      algorithm: 'sha512',
    };
    const good = createHmac('sha512', 'key').update('100.{}').digest('hex');
    const at = (time: string) => verifyHmac(signed('{}', { 'x-sig': good, 'x-time': time }), rules, 'key', 100_000);
    expect(at('100')).toBe(true);
    expect(at('101')).toBe(false);
    expect(at('1e2')).toBe(false);
  });
});
