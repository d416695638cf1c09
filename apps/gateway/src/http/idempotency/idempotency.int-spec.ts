import { newId } from '@app/contracts';
import { hashToken, newApiKey } from '@app/security';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition } from '../../../../../test/gateway/definitions.js';
import { TestGateway, type Answer, type TestUser } from '../../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
let workflowId: string;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
  workflowId = (await user.call('POST', '/workflows', definition())).body.id;
});
afterAll(() => gateway.stop());

const withKey = (key: string) => ({ 'idempotency-key': key });
const count = async (sql: string, values: unknown[]): Promise<number> =>
  Number((await gateway.pool.query<{ count: string }>(sql, values)).rows[0]?.count);
const workflowsNamed = (name: string) => count('SELECT count(*) FROM workflows WHERE name = $1', [name]);
const runsTagged = (tag: string) => count('SELECT count(*) FROM workflow_runs WHERE tags @> $1', [[tag]]);
const reserve = (key: string, age: string, hash: string) =>
  gateway.pool.query(
    `INSERT INTO idempotency_keys (id, principal_id, method, route, key, request_hash, expires_at, updated_at)
     VALUES ($1, $2, 'POST', '/api/v1/workflows', $3, $4, now() + interval '24 hours', now() - $5::interval)`,
    [newId(), user.id, key, hash, age],
  );

describe('a request that makes something', () => {
  const create = (key: string, name: string, more: Record<string, string> = {}): Promise<Answer> =>
    user.call('POST', '/workflows', definition({ name }), { ...withKey(key), ...more });

  it('is answered the same when it comes again, headers included, and makes one thing', async () => {
    const [key, name] = [randomUUID(), `once ${randomUUID()}`];
    const first = await create(key, name);
    const second = await create(key, name);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(JSON.stringify(second.body)).toBe(JSON.stringify(first.body));
    expect(second.headers['etag']).toBe(first.headers['etag']);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await workflowsNamed(name)).toBe(1);
  });

  it('is the same however its members are ordered, and another one with another value', async () => {
    const [key, name] = [randomUUID(), `ordered ${randomUUID()}`];
    const body = definition({ name });
    const reordered = Object.fromEntries(Object.entries(body).reverse());
    await user.call('POST', '/workflows', body, withKey(key));
    expect(await user.call('POST', '/workflows', reordered, withKey(key))).toMatchObject({ status: 201 });
    const other = await create(key, `${name}!`);
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_MISMATCH' } });
    expect(await workflowsNamed(`${name}!`)).toBe(0);
  });

  it('happens once when it is sent many times at once; who comes too early is told to come back', async () => {
    const [key, name] = [randomUUID(), `racing ${randomUUID()}`];
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(key, name)));
    expect(await workflowsNamed(name)).toBe(1);
    const early = answers.filter(({ status }) => status === 409);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20 - early.length);
    for (const { body, headers } of early) {
      expect(body.code).toBe('CONFLICT');
      expect(headers['retry-after']).toBe('1');
    }
    expect((await create(key, name)).status).toBe(201);
  });

  it('remembers what was refused, but not what only its sender could mend', async () => {
    const key = randomUUID();
    const refused = await user.call('POST', '/workflows', { name: '' }, withKey(key));
    expect(refused.status).toBe(400);
    const again = await user.call('POST', '/workflows', { name: '' }, withKey(key));
    expect(again.headers['idempotency-replayed']).toBe('true');
    const { request_id: _first, ...first } = refused.body;
    const { request_id: _second, ...second } = again.body;
    expect(second).toEqual(first);
    expect((await create(key, 'mended')).status).toBe(422);
  });

  it('belongs to the one who sent it, to the address and to the route', async () => {
    const [key, name] = [randomUUID(), `mine ${randomUUID()}`];
    await create(key, name);
    const other = await gateway.signUp();
    await other.call('POST', '/workflows', definition({ name }), withKey(key));
    const apiKey = newApiKey();
    await gateway.pool.query(
      `INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, expires_at)
       VALUES ($1, $2, 'CI', $3, $4, '{workflows:write}', now() + interval '1 day')`,
      [newId(), user.id, apiKey.prefix, hashToken(apiKey.key)],
    );
    await create(key, name, { authorization: `Bearer ${apiKey.key}` });
    expect(await workflowsNamed(name)).toBe(3);
    expect((await user.call('POST', `/workflows/${workflowId}/activate`, undefined, withKey(key))).status).toBe(200);
    const id = (await user.call('POST', '/workflows', definition())).body.id;
    expect((await user.call('POST', `/workflows/${id}/activate`, undefined, withKey(key))).status).toBe(422);
  });

  it('is forgotten after 24 hours', async () => {
    const [key, name] = [randomUUID(), `old ${randomUUID()}`];
    await create(key, name);
    await gateway.pool.query(`UPDATE idempotency_keys SET expires_at = now() WHERE key = $1`, [key]);
    expect((await create(key, name)).headers['idempotency-replayed']).toBeUndefined();
    expect(await workflowsNamed(name)).toBe(2);
  });

  it('that was cut off after its commit is done again with the same id, so there is one of it', async () => {
    const [key, name] = [randomUUID(), `cut off ${randomUUID()}`];
    const first = await create(key, name);
    const cutOff = `UPDATE idempotency_keys SET response_status = NULL, response_headers = NULL, response_body = NULL,
                    updated_at = now() - $2::interval WHERE key = $1`;
    await gateway.pool.query(cutOff, [key, '34 seconds']);
    expect((await create(key, name)).status).toBe(409);
    await gateway.pool.query(cutOff, [key, '36 seconds']);
    const second = await create(key, name);
    expect(second).toMatchObject({ status: 201, body: { id: first.body.id } });
    expect(second.headers['idempotency-replayed']).toBeUndefined();
    expect(await workflowsNamed(name)).toBe(1);
    expect(await count('SELECT count(*) FROM workflow_versions WHERE workflow_id = $1', [first.body.id])).toBe(1);
  });

  it('is not done in the place of another one that was cut off', async () => {
    const key = randomUUID();
    await reserve(key, '1 hour', 'of another body');
    expect((await create(key, 'second')).status).toBe(422);
  });

  it('that met a mistake of ours is not remembered: it is done when it comes again', async () => {
    const [key, name] = [randomUUID(), `unlucky ${randomUUID()}`];
    await gateway.pool.query(`ALTER TABLE workflow_versions ADD CONSTRAINT unlucky CHECK (name NOT LIKE 'unlucky%')`);
    expect((await create(key, name)).status).toBe(500);
    await gateway.pool.query('ALTER TABLE workflow_versions DROP CONSTRAINT unlucky');
    expect((await create(key, name)).status).toBe(201);
    expect(await workflowsNamed(name)).toBe(1);
  });

  it.each(['', 'x'.repeat(256), 'tab\tin it', 'ünïcode'])('is refused with the key %j', async (key) => {
    expect(await create(key, 'any')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  });
});

describe('execute', () => {
  const execute = (key: string, body: object, id = workflowId): Promise<Answer> =>
    user.call('POST', `/workflows/${id}/execute`, body, withKey(key));

  it('starts one run for one key, whoever comes first of fifty', async () => {
    const [key, tag] = [randomUUID(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 50 }, () => execute(key, { tags: [tag] })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await runsTagged(tag)).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
  });

  it('writes the key with the run, in one statement', async () => {
    const key = randomUUID();
    const { body } = await execute(key, {});
    const { rows } = await gateway.pool.query(
      `SELECT k.run_id, k.response_status, k.xmin::text = r.xmin::text AS together
       FROM idempotency_keys k JOIN workflow_runs r ON r.id = k.run_id WHERE k.key = $1`,
      [key],
    );
    expect(rows).toEqual([{ run_id: body.run_id, response_status: 202, together: true }]);
  });

  it('starts one run over two gateways', async () => {
    const other = await gateway.replica();
    const [key, tag] = [randomUUID(), randomUUID()];
    const options = {
      method: 'POST',
      url: `/api/v1/workflows/${workflowId}/execute`,
      headers: { authorization: user.authorization, ...withKey(key) },
      payload: { tags: [tag] },
    } as const;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => (turn % 2 === 0 ? gateway : other).request(options)),
    );
    await other.stop();
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.run_id}`)).size).toBe(1);
    expect(await runsTagged(tag)).toBe(1);
  });

  it('refuses another body, another workflow, and starts nothing for them', async () => {
    const [key, tag] = [randomUUID(), randomUUID()];
    await execute(key, { input: 1 });
    expect(await execute(key, { input: 2, tags: [tag] })).toMatchObject({ status: 422 });
    const other = (await user.call('POST', '/workflows', definition())).body.id;
    expect(await execute(key, { input: 1 }, other)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_MISMATCH' },
    });
    expect(await execute(key, { input: 1, unknown: 1 })).toMatchObject({ status: 422 });
    expect(await runsTagged(tag)).toBe(0);
  });

  it('answers with the run also when the workflow is gone by then', async () => {
    const key = randomUUID();
    const id = (await user.call('POST', '/workflows', definition())).body.id;
    const first = await execute(key, {}, id);
    await user.call('DELETE', `/workflows/${id}`);
    expect(await execute(key, {}, id)).toMatchObject({ status: 202, body: first.body });
    expect((await execute(randomUUID(), {}, id)).status).toBe(404);
  });

  it('remembers what was refused', async () => {
    const key = randomUUID();
    expect((await execute(key, { tags: 1 })).status).toBe(400);
    expect((await execute(key, { tags: 1 })).headers['idempotency-replayed']).toBe('true');
    expect((await execute(key, { tags: [] })).status).toBe(422);
  });

  it('is forgotten after 24 hours', async () => {
    const [key, tag] = [randomUUID(), randomUUID()];
    await execute(key, { tags: [tag] });
    await gateway.pool.query(`UPDATE idempotency_keys SET expires_at = now() WHERE key = $1`, [key]);
    await execute(key, { tags: [tag] });
    expect(await runsTagged(tag)).toBe(2);
    await execute(key, { tags: [tag] });
    expect(await runsTagged(tag)).toBe(2);
  });
});
