import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type TestUser } from '../../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

const headers = { 'idempotency-key': 'once-only' };

describe('Idempotency-Key', () => {
  it.each([
    ['POST', '/auth/login'],
    ['POST', '/auth/register'],
    ['POST', '/auth/refresh'],
    ['POST', '/auth/password/forgot'],
    ['POST', '/auth/step-up'],
    ['POST', '/auth/passkeys/login/verify'],
    ['GET', '/auth/sessions'],
    ['POST', '/api-keys'],
    ['POST', `/service-accounts/${randomUUID()}/keys`],
    ['POST', '/secrets'],
    ['PUT', '/secrets/name'],
  ])('is refused where answers hold tokens or secrets: %s %s', async (method, path) => {
    const { status, body } = await user.call(method, path, method === 'GET' ? undefined : {}, headers);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'BAD_REQUEST', detail: expect.stringContaining('Leave the header out') });
  });

  it.each([
    ['GET', '/workflows'],
    ['GET', '/runs'],
    ['POST', '/workflows'],
  ])('is not refused elsewhere: %s %s', async (method, path) => {
    const { body } = await user.call(method, path, method === 'GET' ? undefined : {}, headers);
    expect(body.code).not.toBe('BAD_REQUEST');
  });
});
