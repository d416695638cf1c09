import { describe, expect, it } from 'vitest';
import { isPrivateHeader } from './private-headers.js';

describe('isPrivateHeader', () => {
  it.each([
    'authorization',
    'proxy-authorization',
    'cookie',
    'x-hub-signature',
    'x-hub-signature-256',
    'x-slack-signature',
    'stripe-signature',
    'x-shopify-hmac-sha256',
    'webhook-signature',
    'x-gitlab-token',
    'x-api-key',
  ])('keeps %s out', (name) => expect(isPrivateHeader(name, undefined)).toBe(true));

  it.each(['content-type', 'x-github-event', 'user-agent', 'x-slack-request-timestamp', 'webhook-id'])(
    'shows %s',
    (name) => expect(isPrivateHeader(name, 'X-Proof')).toBe(false),
  );

  it('keeps the header out that the workflow verifies', () => {
    expect(isPrivateHeader('x-proof', 'X-Proof')).toBe(true);
  });
});
