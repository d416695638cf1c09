import { newId } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhookDefinition } from '../../../../../test/gateway/definitions.js';
import { auditOf, signInAgain, signUpAdmin } from '../../../../../test/gateway/people.js';
import { PlayedEngine } from '../../../../../test/gateway/played-engine.js';
import { TestGateway, type TestUser } from '../../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

/** An active webhook workflow with a parked run. */
async function withHook(user: TestUser): Promise<{ id: string; hook: string; engine: PlayedEngine }> {
  const { body } = await user.call('POST', '/workflows', webhookDefinition());
  await user.call('POST', `/workflows/${body.id}/activate`);
  const run = await user.call('POST', `/workflows/${body.id}/execute`);
  const engine = new PlayedEngine(gateway.pool, run.body.run_id);
  await engine.park();
  return { id: body.id, hook: new URL(body.hook_url).pathname, engine };
}

async function deliver(hook: string): Promise<number> {
  return (await gateway.request({ method: 'POST', url: hook, payload: {} })).status;
}

describe('an account that is to be deleted', () => {
  it('stops at once, can be signed in to, and comes back when its person says so', async () => {
    const user = await gateway.signUp();
    const { id, hook, engine } = await withHook(user);
    expect(await deliver(hook)).toBe(202);

    const asked = await user.call('DELETE', '/users/me');
    expect(asked).toMatchObject({ status: 202, body: { message: expect.stringContaining('/users/me/restore') } });
    expect(Date.parse(asked.body.deletion_due_at) - Date.now()).toBeGreaterThan(29 * 86_400_000);
    expect((await user.call('GET', '/users/me')).status).toBe(401);
    expect(await deliver(hook)).toBe(404);
    expect(await engine.claim()).toMatchObject({ is_due: true, is_cancelled: true });

    const back = await signInAgain(gateway, user);
    expect((await back.call('GET', '/users/me')).body.deletion_due_at).toBe(asked.body.deletion_due_at);
    expect((await back.call('POST', `/workflows/${id}/execute`)).status).toBe(202);
    const restored = await back.call('POST', '/users/me/restore');
    expect(restored).toMatchObject({ status: 200, body: { id: user.id, deletion_due_at: null } });
    expect(await deliver(hook)).toBe(202);
    expect(await engine.claim()).toMatchObject({ is_cancelled: true });
    expect((await back.call('POST', '/users/me/restore')).status).toBe(409);
    const actions = (await auditOf(gateway, user.id)).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['user.deletion_requested', 'user.deletion_withdrawn']));
  });

  it('stays due when it was when its person asks again', async () => {
    const user = await gateway.signUp();
    const first = await user.call('DELETE', '/users/me');
    const again = await (await signInAgain(gateway, user)).call('DELETE', '/users/me');
    expect(again).toMatchObject({ status: 202, body: { deletion_due_at: first.body.deletion_due_at } });
  });

  it('cannot be kept once the time is up', async () => {
    const user = await gateway.signUp();
    await gateway.pool.query(`UPDATE users SET deletion_due_at = now() WHERE id = $1`, [user.id]);
    expect((await user.call('POST', '/users/me/restore')).status).toBe(409);
  });

  it('takes its machines along', async () => {
    const user = await gateway.signUp();
    const machine = newId();
    await gateway.pool.query(
      `INSERT INTO users (id, email, name, kind, owner_id) VALUES ($1::uuid, $1::text || '@x.invalid', 'M', 'service', $2)`,
      [machine, user.id],
    );
    await user.call('DELETE', '/users/me');
    const { rows } = await gateway.pool.query(`SELECT kind FROM revocations WHERE subject_id = $1`, [machine]);
    expect(rows).toEqual([{ kind: 'user' }]);
  });

  it('is not that of the last administrator', async () => {
    const admin = await signUpAdmin(gateway);
    const refused = await admin.call('DELETE', '/users/me');
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('last administrator') } });
    await signUpAdmin(gateway);
    expect((await admin.call('DELETE', '/users/me')).status).toBe(202);
  });

  it('asks for a recent proof', async () => {
    const user = await gateway.signUp();
    await gateway.pool.query(`UPDATE sessions SET proved_at = now() - interval '1 day' WHERE user_id = $1`, [user.id]);
    expect((await user.call('DELETE', '/users/me')).body).toMatchObject({ code: 'STEP_UP_REQUIRED' });
  });
});
