import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { definition, webhookDefinition } from '../../../../test/gateway/definitions.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

async function create(content = definition()): Promise<string> {
  return (await user.call('POST', '/workflows', content)).body.id;
}

/** Does something while somebody else is about to change the workflow, and lets that change happen then. */
async function whileLocked(id: string, work: () => Promise<void>, change = 'SELECT 1'): Promise<void> {
  const other = await gateway.pool.connect();
  try {
    await other.query('BEGIN');
    await other.query('SELECT FROM workflows WHERE id = $1 FOR UPDATE', [id]);
    await work();
    await other.query(change);
    await other.query('COMMIT');
  } finally {
    other.release();
  }
}

/** Until a request has checked what it was given, and waits for the row. */
async function untilWaiting(client: Pick<PoolClient, 'query'> = gateway.pool): Promise<void> {
  const sql = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await client.query(sql)).rowCount === 0);
}

it('a definition is judged without its row: another change of the workflow does not hold that up', async () => {
  const [id, hook] = [await create(), await create(webhookDefinition({ verify: { type: 'bearer', secret: 'none' } }))];
  const wrong = { steps: [{ id: 'a', type: 'nothing', config: {} }] };
  await whileLocked(id, async () => {
    expect((await user.call('PATCH', `/workflows/${id}`, wrong)).status).toBe(400);
    expect((await user.call('PUT', `/workflows/${id}`, definition(wrong))).status).toBe(400);
    expect((await user.call('POST', `/workflows/${id}/versions/9/restore`)).status).toBe(404);
  });
  await whileLocked(hook, async () => {
    expect((await user.call('POST', `/workflows/${hook}/activate`)).status).toBe(409);
  });
});

it('who is overtaken by another change begins again with what that left', async () => {
  const id = await create();
  let patched: Promise<Answer> | undefined;
  const overtake = `UPDATE workflows SET version = 2, revision = 2, name = 'Overtook' WHERE id = '${id}';
    INSERT INTO workflow_versions (workflow_id, version, name, description, trigger_type, steps, config)
      SELECT id, version, name, description, trigger_type, steps, config FROM workflows WHERE id = '${id}'`;
  const work = async (): Promise<void> => {
    patched = user.call('PATCH', `/workflows/${id}`, { description: 'Patched' });
    await untilWaiting();
  };
  await whileLocked(id, work, overtake);
  expect(await patched).toMatchObject({
    status: 200,
    body: { name: 'Overtook', description: 'Patched', version: 3, revision: 3 },
  });
});

it('who is overtaken by an activation has to be able to fire', async () => {
  const id = await create(webhookDefinition());
  let replaced: Promise<Answer> | undefined;
  const work = async (): Promise<void> => {
    const content = webhookDefinition({ verify: { type: 'bearer', secret: 'missing' } });
    replaced = user.call('PUT', `/workflows/${id}`, content);
    await untilWaiting();
  };
  await whileLocked(id, work, `UPDATE workflows SET status = 'active' WHERE id = '${id}'`);
  expect(await replaced).toMatchObject({ status: 409, body: { detail: expect.stringContaining('missing') } });
});

it('who has seen an earlier revision is refused, also when overtaken meanwhile', async () => {
  const id = await create();
  let patched: Promise<Answer> | undefined;
  const work = async (): Promise<void> => {
    patched = user.call('PATCH', `/workflows/${id}`, { description: 'Late' }, { 'if-match': '"1"' });
    await untilWaiting();
  };
  await whileLocked(id, work, `UPDATE workflows SET revision = 2, version = 2 WHERE id = '${id}'`);
  expect(await patched).toMatchObject({ status: 412, body: { code: 'PRECONDITION_FAILED' } });
});
