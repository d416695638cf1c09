import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestGateway, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let hurried: TestGateway;
let user: TestUser;
let url: string;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
  hurried = await gateway.replica({ SERVER_WRITE_TIMEOUT: '1s' });
  await hurried.app.listen({ host: '127.0.0.1', port: 0 });
  url = await hurried.app.getUrl();
});
afterAll(async () => {
  await hurried.stop();
  await gateway.stop();
});

it.each([
  ['GET', undefined],
  [
    'POST',
    { name: 'Late', trigger_type: 'manual', steps: [{ id: 'a', type: 'transform', config: { expression: '1' } }] },
  ],
])('%s is answered 503 when it takes too long, and its connection goes on', async (method, body) => {
  const client = await gateway.pool.connect();
  await client.query('BEGIN; LOCK TABLE workflows');
  const ask = (): Promise<Response> =>
    fetch(`${url}/api/v1/workflows`, {
      method,
      headers: { authorization: user.authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const [answer] = await Promise.allSettled([ask()]);
  await client.query('ROLLBACK');
  client.release();
  if (answer.status === 'rejected') throw answer.reason;
  expect([answer.value.status, await answer.value.json()]).toEqual([
    503,
    expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }),
  ]);
  expect((await fetch(`${url}/api/v1/workflows`, { headers: { authorization: user.authorization } })).status).toBe(200);
});
