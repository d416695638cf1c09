import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@app/contracts';
import { eventually } from '@app/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway } from '../../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let replica: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
  replica = await gateway.replica();
});
afterAll(async () => {
  await replica.stop();
  await gateway.stop();
});

interface SignedIn {
  id: string;
  authorization: string;
}

async function signUp(): Promise<SignedIn> {
  const payload = { email: `${newId()}@example.com`, password: 'correct horse battery staple', name: 'Ada' };
  const { body } = await gateway.request({ method: 'POST', url: '/api/v1/auth/register', payload });
  return { id: body.user.id, authorization: `Bearer ${body.tokens.access_token}` };
}

/** What this gateway says to a token; the id in the path is none, so nothing is read from the database for it. */
async function statusAt(at: TestGateway, { authorization }: SignedIn): Promise<number> {
  return (await at.request({ method: 'DELETE', url: '/api/v1/auth/sessions/x', headers: { authorization } })).status;
}

const IN = 404;
const REFUSED = 401;

describe('a revocation', () => {
  it('reaches every other gateway within a second', async () => {
    const user = await signUp();
    expect(await statusAt(replica, user)).toBe(IN);
    const { authorization } = user;
    await gateway.request({ method: 'POST', url: '/api/v1/auth/logout', headers: { authorization } });
    expect(await statusAt(gateway, user)).toBe(REFUSED);
    await eventually(async () => (await statusAt(replica, user)) === REFUSED, { timeoutMs: 1_000, everyMs: 20 });
  });

  it('of a user ends what they were given before, not what they are given afterwards', async () => {
    const user = await signUp();
    await gateway.pool.query(
      `INSERT INTO revocations (id, kind, subject_id, expires_at) VALUES ($1, 'user', $2, now() + interval '1 hour')`,
      [newId(), user.id],
    );
    for (const at of [gateway, replica]) {
      await eventually(async () => (await statusAt(at, user)) === REFUSED, { timeoutMs: 1_000, everyMs: 20 });
    }
    expect(await statusAt(gateway, await signUp())).toBe(IN);
  });

  it('is not missed when its transaction commits after later ones', async () => {
    const [slow, quick] = [await signUp(), await signUp()];
    const client = new Client({ connectionString: process.env['DATABASE_URL'] });
    await client.connect();
    const revoke = `INSERT INTO revocations (id, kind, subject_id, expires_at) VALUES ($1, 'user', $2, now() + interval '1 hour')`;
    await client.query('BEGIN');
    await client.query(revoke, [newId(), slow.id]);
    await gateway.pool.query(revoke, [newId(), quick.id]);
    await eventually(async () => (await statusAt(replica, quick)) === REFUSED, { timeoutMs: 1_000 });
    await sleep(1_200);
    expect(await statusAt(replica, slow)).toBe(IN);
    await client.query('COMMIT');
    await client.end();
    await eventually(async () => (await statusAt(replica, slow)) === REFUSED, { timeoutMs: 1_000, everyMs: 20 });
  });

  it('is known to a gateway that starts later', async () => {
    const user = await signUp();
    const { authorization } = user;
    await gateway.request({ method: 'POST', url: '/api/v1/auth/logout', headers: { authorization } });
    const late = await gateway.replica();
    expect(await statusAt(late, user)).toBe(REFUSED);
    await late.stop();
  });
});

describe('a gateway that cannot read the feed', () => {
  it('lets nobody in on a guess, and goes on by itself afterwards', async () => {
    const user = await signUp();
    await gateway.pool.query('ALTER TABLE revocations RENAME TO revocations_away');
    const refused = await eventually(
      async () => {
        const { authorization } = user;
        const answer = await gateway.request({ method: 'GET', url: '/api/v1/auth/me', headers: { authorization } });
        return answer.status === 503 && answer;
      },
      { timeoutMs: 3_000 },
    );
    expect(refused.body).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(refused.headers['retry-after']).toBe('1');
    await gateway.pool.query('ALTER TABLE revocations_away RENAME TO revocations');
    expect(await statusAt(gateway, user)).toBe(IN);
  });
});
