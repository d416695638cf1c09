import { newId, UserListQuery } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition } from '../../../../../test/gateway/definitions.js';
import { auditOf, signInAgain, signUpAdmin } from '../../../../../test/gateway/people.js';
import { PlayedEngine } from '../../../../../test/gateway/played-engine.js';
import { TestGateway, type TestUser } from '../../../../../test/gateway/test-gateway.js';
import { userPage } from './user-list.sql.js';

let gateway: TestGateway;
let admin: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  admin = await signUpAdmin(gateway);
});
afterAll(() => gateway.stop());

async function insert(email: string, name: string, more = ''): Promise<string> {
  const id = newId();
  await gateway.pool.query('INSERT INTO users (id, email, name) VALUES ($1, $2, $3)', [id, email, name]);
  if (more !== '') await gateway.pool.query(`UPDATE users SET ${more} WHERE id = $1`, [id]);
  return id;
}

describe('the accounts', () => {
  it('are for administrators', async () => {
    const user = await gateway.signUp();
    for (const path of ['/users', `/users/${admin.id}`]) expect((await user.call('GET', path)).status).toBe(403);
    expect((await user.call('PATCH', `/users/${admin.id}`, { roles: ['user'] })).status).toBe(403);
    expect(await admin.call('GET', `/users/${user.id}`)).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body: { id: user.id, kind: 'person', owner_id: null },
    });
    expect((await admin.call('GET', `/users/${newId()}`)).status).toBe(404);
  });

  it('are found by how address or name begins, page by page, each once', async () => {
    const ids = [
      await insert('zoe.a@example.com', 'Zoe A'),
      await insert('ZOE.B@example.com', 'Someone'),
      await insert('other@example.com', 'zoe c'),
      await insert('another@example.com', 'ZOE D'),
    ];
    await insert('x.zoe@example.com', 'Not Zoe');
    const found: string[] = [];
    let cursor = '';
    for (let page = 0; page < 4; page++) {
      const { body } = await admin.call('GET', `/users?q=zoe&limit=1${cursor}`);
      found.push(...body.data.map(({ id }: { id: string }) => id));
      expect('next_cursor' in body).toBe(page < 3);
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(found).toEqual(ids);
    const second = await admin.call('GET', '/users?q=zoe&limit=3&page=2');
    expect(second.body).toMatchObject({ total: 4, data: [{ id: ids[3] }] });
    expect((await admin.call('GET', `/users?q=${encodeURIComponent('%')}`)).body.data).toEqual([]);
    expect((await admin.call('GET', '/users?q=zoe&cursor=WyJ4Il0')).status).toBe(400);
  });

  it('are filtered, the newest first', async () => {
    const off = await insert('off@example.com', 'Off', 'is_active = false');
    const gone = await insert('gone@example.com', 'Gone', 'deleted_at = now()');
    const machine = newId();
    await gateway.pool.query(
      `INSERT INTO users (id, email, name, kind, owner_id) VALUES ($1, 'm@x.invalid', 'Machine', 'service', $2)`,
      [machine, admin.id],
    );
    const idsOf = async (query: string): Promise<string[]> =>
      (await admin.call('GET', `/users?limit=100&${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await idsOf('is_active=false')).toEqual([off]);
    expect(await idsOf('role=admin')).toEqual([admin.id]);
    expect(await idsOf('kind=service')).toEqual([machine]);
    const all = await idsOf('');
    expect(all).toEqual([...all].sort().reverse());
    expect(all).toContain(admin.id);
    for (const id of [gone, machine]) expect(all).not.toContain(id);
    const [first] = (await admin.call('GET', '/users?limit=1')).body.data;
    const next = await admin.call('GET', '/users?limit=1&page=2');
    expect(next.body.data[0].id < first.id).toBe(true);
  });

  it('are read from indexes alone', async () => {
    for (const wanted of [{}, { is_active: false }, { role: 'admin' }, { q: 'zoe' }] as const) {
      const { text, values } = userPage(Object.assign(new UserListQuery(), wanted), undefined);
      const client = await gateway.pool.connect();
      await client.query('BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off');
      const { rows } = await client.query(`EXPLAIN ${text}`, values);
      await client.query('ROLLBACK');
      client.release();
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).not.toContain('Seq Scan');
      expect(plan).toMatch(/Index (Only )?Scan/);
    }
  });
});

describe('deactivation', () => {
  it('ends sessions, and cancels what the owner and their machines have unfinished', async () => {
    const user = await gateway.signUp();
    const { body: workflow } = await user.call('POST', '/workflows', definition());
    const runs: PlayedEngine[] = [];
    for (const prepare of ['park', 'hold'] as const) {
      const { body } = await user.call('POST', `/workflows/${workflow.id}/execute`);
      const engine = new PlayedEngine(gateway.pool, body.run_id);
      await (prepare === 'park' ? engine.park() : engine.hold(newId()));
      runs.push(engine);
    }
    const answer = await admin.call('PATCH', `/users/${user.id}`, { is_active: false });
    expect(answer).toMatchObject({ status: 200, body: { is_active: false, version: 2 } });
    expect((await user.call('GET', '/users/me')).status).toBe(401);
    for (const engine of runs) expect(await engine.claim()).toMatchObject({ woken: true, is_cancelled: true });
    const { rows } = await gateway.pool.query(
      'SELECT count(*)::int AS open FROM sessions WHERE user_id = $1 AND revoked_at IS NULL',
      [user.id],
    );
    expect(rows).toEqual([{ open: 0 }]);

    await admin.call('PATCH', `/users/${user.id}`, { is_active: true });
    const back = await signInAgain(gateway, user);
    expect((await back.call('POST', `/workflows/${workflow.id}/execute`)).status).toBe(202);
    for (const engine of runs) expect(await engine.claim()).toMatchObject({ is_cancelled: true });
    expect((await auditOf(gateway, user.id)).slice(-2)).toMatchObject([
      { action: 'user.deactivated', actor_id: admin.id, before: { is_active: true }, after: { is_active: false } },
      { action: 'user.activated', actor_id: admin.id, before: { is_active: false }, after: { is_active: true } },
    ]);
  });

  it('stops again what went on meanwhile when it is asked for again', async () => {
    const user = await gateway.signUp();
    const { body: workflow } = await user.call('POST', '/workflows', definition());
    const { body: run } = await user.call('POST', `/workflows/${workflow.id}/execute`);
    await gateway.pool.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expect((await admin.call('PATCH', `/users/${user.id}`, { is_active: false })).body.version).toBe(1);
    expect(await new PlayedEngine(gateway.pool, run.run_id).claim()).toMatchObject({ is_cancelled: true });
  });

  it('is not for oneself', async () => {
    const refused = await admin.call('PATCH', `/users/${admin.id}`, { is_active: false });
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('yourself') } });
  });
});

describe('roles', () => {
  it('take effect with the next token: the ones before are refused', async () => {
    const user = await gateway.signUp();
    const changed = await admin.call('PATCH', `/users/${user.id}`, { roles: ['user', 'admin'] }, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, body: { roles: ['user', 'admin'] } });
    expect((await user.call('GET', '/users')).status).toBe(401);
    expect((await admin.call('PATCH', `/users/${user.id}`, { roles: ['user'] }, { 'if-match': '"1"' })).status).toBe(
      412,
    );
    await admin.call('PATCH', `/users/${user.id}`, { roles: ['user'] });
    expect((await auditOf(gateway, user.id)).at(-1)).toMatchObject({
      action: 'user.updated',
      before: { roles: ['user', 'admin'] },
      after: { roles: ['user'] },
    });
  });

  it('leave one administrator who can act, also when two take it from each other at once', async () => {
    const refused = await admin.call('PATCH', `/users/${admin.id}`, { roles: ['user'] });
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('last administrator') } });
    const other = await signUpAdmin(gateway);
    const [one, two] = await Promise.all([
      admin.call('PATCH', `/users/${other.id}`, { roles: ['user'] }),
      other.call('PATCH', `/users/${admin.id}`, { roles: ['user'] }),
    ]);
    const { rows } = await gateway.pool.query(`SELECT id FROM users WHERE 'admin' = ANY (roles)`);
    expect(rows).toHaveLength(1);
    expect([one.status, two.status]).toContain(200);
    await gateway.pool.query(`UPDATE users SET roles = '{user,admin}' WHERE id = $1`, [admin.id]);
    admin = await signInAgain(gateway, admin);
  });

  it.each([
    [{ roles: ['admin'] }, 'roles'],
    [{ roles: ['user', 'root'] }, 'roles'],
    [{ is_active: null }, 'is_active'],
    [{ email: 'a@example.com' }, 'email'],
  ])('and the rest are refused as %j', async (body, field) => {
    const refused = await admin.call('PATCH', `/users/${newId()}`, body);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('are not for machines', async () => {
    const machine = newId();
    await gateway.pool.query(
      `INSERT INTO users (id, email, name, kind, owner_id) VALUES ($1, 'm2@x.invalid', 'Machine', 'service', $2)`,
      [machine, admin.id],
    );
    expect((await admin.call('PATCH', `/users/${machine}`, { roles: ['user', 'admin'] })).status).toBe(409);
    expect((await admin.call('PATCH', `/users/${machine}`, { is_active: false })).status).toBe(200);
  });
});
