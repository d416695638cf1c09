import { newId } from '@app/contracts';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptRuns, type RunRequest } from './accept-runs.js';
import { sealedHash, type VerifiedHook } from './verified-hooks.sql.js';

describe('acceptRuns', () => {
  let database: TestDatabase;
  let pool: Pool;
  const userId = newId();
  const active = newId();
  const inactive = newId();
  const deleted = newId();

  beforeAll(async () => {
    database = await testDatabase();
    pool = new Pool({ connectionString: database.url });
    await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, 'a@example.com', 'A')`, [userId]);
    await pool.query(
      `INSERT INTO workflows (id, user_id, name, trigger_type, steps, status, version, retention, deleted_at) VALUES
       ($1, $4, 'active', 'webhook', '[]', 'active', 3, 7, NULL),
       ($2, $4, 'inactive', 'webhook', '[]', 'inactive', 1, 30, NULL),
       ($3, $4, 'deleted', 'webhook', '[]', 'active', 1, 30, now())`,
      [active, inactive, deleted, userId],
    );
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const request = (more: Partial<RunRequest> = {}): RunRequest => ({
    id: newId(),
    workflowId: active,
    userId,
    trigger: { type: 'manual' },
    inputJson: '{"a":1}',
    correlationId: null,
    tags: [],
    needsActive: false,
    dedupeKey: null,
    ...more,
  });
  const counts = async (): Promise<{ runs: number; claims: number }> =>
    (
      await pool.query<{ runs: number; claims: number }>(
        'SELECT (SELECT count(*)::int FROM workflow_runs) AS runs, (SELECT count(*)::int FROM claims) AS claims',
      )
    ).rows[0] ?? { runs: -1, claims: -1 };

  it('writes the run and its claim, pinned to the committed version, in the partition of its retention class', async () => {
    const asked = request({ tags: ['x', 'y "z"'], correlationId: 'c' });
    const answer = await acceptRuns(pool, [asked]);
    expect(answer.get(asked.id)).toEqual({
      runId: asked.id,
      workflowVersion: 3,
      retention: 7,
      duplicate: false,
      isUnchecked: false,
    });
    const { rows } = await pool.query(
      'SELECT r.*, r.tableoid::regclass::text AS part, c.epoch, c.owner FROM workflow_runs r JOIN claims c ON c.run_id = r.id WHERE r.id = $1',
      [asked.id],
    );
    expect(rows[0]).toMatchObject({
      version: 3,
      status: 'pending',
      input: { a: 1 },
      tags: ['x', 'y "z"'],
      correlation_id: 'c',
      epoch: 0,
      owner: null,
    });
    expect((rows[0] as { part: string }).part).toMatch(/^workflow_runs_r7_\d{8}$/);
  });

  it('claims a run for the replica in whose name it is asked for, once, unless that is dead or none', async () => {
    const [living, dead, worker] = [newId(), newId(), newId()];
    await pool.query(
      `INSERT INTO replicas (id, service, host, pid, lease_until, dead_at) VALUES
       ($1, 'workflow', 'h', 1, now() + interval '1 minute', NULL), ($2, 'workflow', 'h', 1, now(), now()),
       ($3, 'worker', 'h', 1, now() + interval '1 minute', NULL)`,
      [living, dead, worker],
    );
    const owners = [living, dead, worker, newId(), undefined];
    const asked = owners.map((owner) => request({ owner }));
    const answer = await acceptRuns(pool, asked);
    expect(asked.map(({ id }) => answer.get(id)?.handedAt !== undefined)).toEqual([true, false, false, false, false]);
    const { rows } = await pool.query<{ owner: string | null; epoch: number; created_at: Date }>(
      `SELECT c.owner, c.epoch, r.created_at FROM claims c JOIN workflow_runs r ON r.id = c.run_id
       WHERE c.run_id = ANY ($1) ORDER BY c.run_id`,
      [asked.map(({ id }) => id)],
    );
    expect(rows.map(({ owner, epoch }) => [owner, epoch])).toEqual([
      [living, 1],
      ...owners.slice(1).map(() => [null, 0]),
    ]);
    expect(rows[0]?.created_at).toEqual(answer.get(asked[0]?.id ?? '')?.handedAt);
    // Whoever does not know whether the first time was committed is not told to begin it a second time.
    const again = await acceptRuns(pool, asked);
    expect([...again.values()].map(({ handedAt }) => handedAt)).toEqual(owners.map(() => undefined));
  });

  it('does not accept for a workflow that is deleted, unknown, foreign, or inactive where that matters', async () => {
    const refused = [
      request({ workflowId: deleted }),
      request({ workflowId: newId() }),
      request({ userId: newId() }),
      request({ workflowId: inactive, needsActive: true }),
    ];
    const good = request({ workflowId: inactive });
    const before = await counts();
    const answer = await acceptRuns(pool, [...refused, good]);
    expect([...answer.keys()]).toEqual([good.id]);
    expect(await counts()).toEqual({ runs: before.runs + 1, claims: before.claims + 1 });
  });

  it('does not accept for an owner who was deactivated, nor from triggers once the account is to be deleted', async () => {
    const manual = request();
    const triggered = request({ needsActive: true });
    const acceptedWith = async (change: string): Promise<string[]> => {
      await pool.query(`UPDATE users SET ${change} WHERE id = $1`, [userId]);
      const again = [manual, triggered].map((row) => ({ ...row, id: newId() }));
      const answer = await acceptRuns(pool, again);
      await pool.query('UPDATE users SET is_active = true, deleted_at = NULL, deletion_due_at = NULL WHERE id = $1', [
        userId,
      ]);
      return again.filter(({ id }) => answer.has(id)).map(({ needsActive }) => (needsActive ? 'triggered' : 'manual'));
    };
    expect(await acceptedWith('is_active = true')).toEqual(['manual', 'triggered']);
    expect(await acceptedWith('is_active = false')).toEqual([]);
    expect(await acceptedWith('deleted_at = now()')).toEqual([]);
    expect(await acceptedWith(`deletion_due_at = now() + interval '1 day'`)).toEqual(['manual']);
  });

  it('does not accept for the machine of an owner who was deactivated', async () => {
    const [machine, workflowId] = [newId(), newId()];
    await pool.query(
      `INSERT INTO users (id, email, name, kind, owner_id) VALUES ($1, 'machine@x.invalid', 'M', 'service', $2)`,
      [machine, userId],
    );
    await pool.query(
      `INSERT INTO workflows (id, user_id, name, trigger_type, steps, status)
       VALUES ($1, $2, 'of a machine', 'webhook', '[]', 'active')`,
      [workflowId, machine],
    );
    const ask = async (needsActive: boolean): Promise<number> =>
      (await acceptRuns(pool, [request({ workflowId, userId: machine, needsActive })])).size;
    expect(await ask(true)).toBe(1);
    await pool.query('UPDATE users SET deletion_due_at = now() WHERE id = $1', [userId]);
    expect([await ask(true), await ask(false)]).toEqual([0, 1]);
    await pool.query('UPDATE users SET deletion_due_at = NULL, is_active = false WHERE id = $1', [userId]);
    expect([await ask(true), await ask(false)]).toEqual([0, 0]);
    await pool.query('UPDATE users SET is_active = true WHERE id = $1', [userId]);
  });

  it('accepts a delivery only while the hook is what it was verified with, and the rest of the batch', async () => {
    await pool.query(`INSERT INTO webhook_endpoints (id, workflow_id, token) VALUES ($1, $2, 'a'), ($3, $4, 'i')`, [
      newId(),
      active,
      newId(),
      inactive,
    ]);
    const foreign = newId();
    await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, 'b@example.com', 'B')`, [foreign]);
    await pool.query(
      `INSERT INTO secrets (id, user_id, name, value) VALUES ($1, $2, 'key', 'sealed'), ($3, $4, 'theirs', 'sealed')`,
      [newId(), userId, newId(), foreign],
    );
    const secret = { name: 'key', hash: sealedHash('sealed') };
    const delivery = (hook: Partial<VerifiedHook> = {}, more: Partial<RunRequest> = {}): RunRequest =>
      request({ needsActive: true, dedupeKey: 'hooked', hook: { token: 'a', version: 3, secret, ...hook }, ...more });
    const refused = [
      delivery({ version: 2 }),
      delivery({ version: 4 }),
      delivery({ token: 'b' }),
      delivery({ token: 'i' }),
      delivery({ secret: { name: 'key', hash: sealedHash('sealed before') } }),
      delivery({ secret: { name: 'gone', hash: sealedHash('sealed') } }),
      delivery({ secret: { name: 'theirs', hash: sealedHash('sealed') } }),
      delivery({ token: 'i', version: 1 }, { workflowId: inactive }),
    ];
    const key = { principalId: userId, method: 'POST', route: '/execute', hash: 'h', answer: '{}' };
    const plain = request({ keyed: { key: 'k', ...key } });
    const before = await counts();
    const first = await acceptRuns(pool, [...refused, plain]);
    expect([...first.keys()]).toEqual([plain.id]);
    // What was refused has not been delivered: the same delivery starts its run, once.
    const good = [delivery(), delivery({ secret: null }, { dedupeKey: null }), delivery()];
    const second = await acceptRuns(pool, [...refused, ...good]);
    expect(new Set(second.keys())).toEqual(new Set(good.map(({ id }) => id)));
    expect(await counts()).toEqual({ runs: before.runs + 3, claims: before.claims + 3 });
    // Whoever does not know whether the first time was committed repeats it, and another version changes nothing of it.
    await pool.query('UPDATE workflows SET version = 4 WHERE id = $1', [active]);
    expect((await acceptRuns(pool, good)).size).toBe(0);
    const again = await acceptRuns(
      pool,
      good.map((row) => ({ ...row, hook: { ...row.hook!, version: 4 } })),
    );
    expect(good.map(({ id }) => again.get(id)?.runId)).toEqual(good.map(({ id }) => second.get(id)?.runId));
    expect(await counts()).toEqual({ runs: before.runs + 3, claims: before.claims + 3 });
    await pool.query('UPDATE workflows SET version = 3 WHERE id = $1', [active]);
  });

  it('starts one run for a delivery that comes again, in one batch, later, and at the same time', async () => {
    const deliver = (dedupeKey = 'delivery-1'): RunRequest => request({ dedupeKey });
    const batch = [deliver(), deliver()];
    const first = await acceptRuns(pool, batch);
    const started = batch.map(({ id }) => first.get(id)?.runId);
    expect(new Set(started).size).toBe(1);
    const again = deliver();
    expect((await acceptRuns(pool, [again])).get(again.id)).toEqual({
      runId: started[0],
      workflowVersion: 3,
      retention: 7,
      duplicate: true,
      isUnchecked: false,
    });
    const racing = Array.from({ length: 8 }, () => deliver('delivery-2'));
    const answers = await Promise.all(racing.map(async (row) => (await acceptRuns(pool, [row])).get(row.id)?.runId));
    expect(new Set(answers).size).toBe(1);
  });

  it('forgets a delivery after 24 hours', async () => {
    const first = request({ dedupeKey: 'old' });
    await acceptRuns(pool, [first]);
    await pool.query(`UPDATE seen_deliveries SET seen_at = now() - interval '25 hours' WHERE key = 'old'`);
    const later = request({ dedupeKey: 'old' });
    expect((await acceptRuns(pool, [later])).get(later.id)).toMatchObject({ runId: later.id, duplicate: false });
  });

  it('changes nothing when the same batch is written again', async () => {
    const batch = [request(), request({ dedupeKey: 'repeat' })];
    await acceptRuns(pool, batch);
    const before = await counts();
    const again = await acceptRuns(pool, batch);
    expect(batch.map(({ id }) => again.get(id)?.runId)).toEqual(batch.map(({ id }) => id));
    expect([...again.values()].every(({ duplicate }) => !duplicate)).toBe(true);
    expect(await counts()).toEqual(before);
  });

  it('does not execute a run again that was finished before the same batch is written again', async () => {
    const asked = request();
    await acceptRuns(pool, [asked]);
    await pool.query('DELETE FROM claims WHERE run_id = $1', [asked.id]);
    const before = await counts();
    expect((await acceptRuns(pool, [asked])).get(asked.id)).toMatchObject({ runId: asked.id, duplicate: false });
    expect(await counts()).toEqual(before);
  });
});
