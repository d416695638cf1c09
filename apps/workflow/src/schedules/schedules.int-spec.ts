import { newId } from '@app/contracts';
import { inTransaction } from '@app/database';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool, type PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { takeTurn, type TurnResult } from './schedule-turn.js';

let database: TestDatabase;
let pool: Pool;
let userId: string;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 8 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('DELETE FROM claims');
  await pool.query('DELETE FROM users');
  userId = newId();
  await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, $2, 'A')`, [userId, `${userId}@example.com`]);
});

const at = (time: string): Date => new Date(`2026-06-01T${time}Z`);

async function schedule(changes: Record<string, unknown> = {}): Promise<string> {
  const id = newId();
  await pool.query(
    `INSERT INTO workflows (id, user_id, name, trigger_type, steps, status) VALUES ($1, $2, 'w', 'cron', '[]', 'active')`,
    [id, userId],
  );
  const row = {
    workflow_id: id,
    cron: '0 * * * *',
    timezone: 'UTC',
    overlap: 'skip',
    catch_up: 'last',
    catch_up_window_s: 86_400,
    next_at: at('10:00:00'),
    ...changes,
  };
  const columns = Object.keys(row);
  await pool.query(
    `INSERT INTO schedules (${columns.join(', ')}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(row),
  );
  return id;
}

/** One turn of a replica at this time. */
function turn(now: Date, most = 50): Promise<TurnResult> {
  return inTransaction(pool, (client) => takeTurn(client, most, now));
}

/** `10:00 started`, in order. */
async function fires(id: string): Promise<string[]> {
  const { rows } = await pool.query<{ shown: string }>(
    `SELECT concat_ws(' ', to_char(scheduled_for AT TIME ZONE 'UTC', 'HH24:MI'), nullif(kind, 'fire'), status, reason)
       AS shown FROM schedule_fires WHERE workflow_id = $1 ORDER BY scheduled_for`,
    [id],
  );
  return rows.map(({ shown }) => shown);
}

/** The scheduled times of the runs of a workflow, in order. */
async function runs(id: string): Promise<string[]> {
  const { rows } = await pool.query<{ time: string }>(
    `SELECT to_char((trigger->>'scheduled_for')::timestamptz AT TIME ZONE 'UTC', 'HH24:MI') AS time
     FROM workflow_runs WHERE workflow_id = $1 ORDER BY 1`,
    [id],
  );
  return rows.map(({ time }) => time);
}

/** Ends what is unfinished of a workflow, as the engine does. */
async function finish(id: string): Promise<void> {
  await pool.query('DELETE FROM claims WHERE workflow_id = $1', [id]);
}

async function nextAt(id: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ next_at: Date | null }>('SELECT next_at FROM schedules WHERE workflow_id = $1', [
    id,
  ]);
  return rows[0]?.next_at?.toISOString().slice(0, 19);
}

async function queue(id: string, time: string, overlap = 'queue', kind = 'backfill'): Promise<void> {
  await pool.query(
    `INSERT INTO schedule_fires (workflow_id, scheduled_for, kind, status, overlap) VALUES ($1, $2, $4, 'queued', $3)`,
    [id, at(time), overlap, kind],
  );
}

describe('a fire', () => {
  it('is one run that says when it was scheduled, with its claim', async () => {
    const id = await schedule();
    expect(await turn(at('09:59:59'))).toMatchObject({ started: 0, hasMore: false });
    expect(await turn(at('10:00:00'))).toMatchObject({ started: 1, hasMore: false });
    expect(await turn(at('10:00:00'))).toMatchObject({ started: 0 });
    const { rows } = await pool.query(
      `SELECT r.trigger, r.user_id, r.input, c.run_id = f.run_id AS has_fire FROM workflow_runs r
       JOIN claims c ON c.run_id = r.id JOIN schedule_fires f ON f.run_id = r.id WHERE r.workflow_id = $1`,
      [id],
    );
    const trigger = { type: 'cron', scheduled_for: '2026-06-01T10:00:00.000Z' };
    expect(rows).toEqual([{ trigger, user_id: userId, input: null, has_fire: true }]);
    expect(await nextAt(id)).toBe('2026-06-01T11:00:00');
  });

  it('is one run however many replicas look at once', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => schedule({ overlap: 'allow', catch_up: 'all' })));
    for (let round = 0; round < 4; round++) await Promise.all([1, 2, 3].map(() => turn(at('12:30:00'), 7)));
    for (const id of ids) expect(await runs(id)).toEqual(['10:00', '11:00', '12:00']);
  });

  it('happens wholly or not at all when the process dies at any statement', async () => {
    const id = await schedule({ overlap: 'cancel' });
    await queue(id, '08:00:00', 'allow');
    await turn(at('09:00:00'));
    let statements = 0;
    for (let dieAt = 1; ; dieAt++) {
      const died = await inTransaction(pool, (client) => takeTurn(dyingAt(client, dieAt), 50, at('10:00:00'))).then(
        () => false,
        () => true,
      );
      if (!died) break;
      statements = dieAt;
      expect(await runs(id)).toEqual(['08:00']);
      expect(await fires(id)).toEqual(['08:00 backfill started']);
      expect(await nextAt(id)).toBe('2026-06-01T10:00:00');
    }
    expect(statements).toBeGreaterThanOrEqual(5);
    expect(await fires(id)).toEqual(['08:00 backfill started', '10:00 queued']);
    await finish(id);
    await turn(at('10:00:05'));
    expect(await runs(id)).toEqual(['08:00', '10:00']);
  });

  it('starts none when the workflow is stopped while its turn is under way', async () => {
    const id = await schedule();
    const stop = (): Promise<unknown> => pool.query(`UPDATE workflows SET status = 'inactive' WHERE id = $1`, [id]);
    const result = await inTransaction(pool, (client) => takeTurn(beforeAccepting(client, stop), 50, at('10:00:00')));
    expect(result.started).toBe(0);
    expect([await runs(id), await fires(id)]).toEqual([[], ['10:00 skipped stopped']]);
  });

  it('of a time that has its run already starts none', async () => {
    const id = await schedule();
    await queue(id, '10:00:00', 'allow');
    await turn(at('09:30:00'));
    expect(await runs(id)).toEqual(['10:00']);
    await finish(id);
    await turn(at('10:00:00'));
    expect(await runs(id)).toEqual(['10:00']);
  });

  it('of a line that cannot be read stops its own schedule alone', async () => {
    const [broken, id] = [await schedule({ timezone: 'Mars/Olympus' }), await schedule()];
    await queue(broken, '08:00:00');
    await turn(at('10:00:00'));
    expect([await nextAt(broken), await runs(id)]).toEqual([undefined, ['10:00']]);
    expect(await fires(broken)).toEqual(['08:00 backfill skipped stopped']);
  });

  it.each([
    ['of an inactive workflow', `UPDATE workflows SET status = 'inactive' WHERE id = $1`],
    ['of a deleted workflow', 'UPDATE workflows SET deleted_at = now() WHERE id = $1'],
    ['of another kind of workflow', `UPDATE workflows SET trigger_type = 'manual' WHERE id = $1`],
    [
      'of an owner who was deactivated',
      'UPDATE users SET is_active = false WHERE id = (SELECT user_id FROM workflows WHERE id = $1)',
    ],
    [
      'of an owner who leaves',
      'UPDATE users SET deletion_due_at = now() WHERE id = (SELECT user_id FROM workflows WHERE id = $1)',
    ],
  ])('%s starts nothing, and nothing is made up for', async (_, statement) => {
    const id = await schedule({ catch_up: 'all' });
    await queue(id, '08:00:00');
    await pool.query(statement, [id]);
    await turn(at('12:00:00'));
    expect([await runs(id), await fires(id)]).toEqual([[], ['08:00 backfill skipped stopped']]);
    expect(await nextAt(id)).toBe('2026-06-01T13:00:00');
  });
});

describe('overlap', () => {
  it('skip: starts none while a run of the schedule is unfinished, whatever else runs', async () => {
    const id = await schedule();
    await pool.query(
      `INSERT INTO claims (run_id, retention, workflow_id, version, user_id) VALUES ($1, 30, $2, 1, $3)`,
      [newId(), id, userId],
    );
    for (const time of ['10:00:00', '11:00:00']) await turn(at(time));
    await finish(id);
    await turn(at('12:00:00'));
    expect(await fires(id)).toEqual(['10:00 started', '11:00 skipped overlap', '12:00 started']);
  });

  it('skip: starts one when replicas look at once, each at another time', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => schedule()));
    await Promise.all(['10:00:00', '11:00:00', '12:00:00'].map((time) => turn(at(time))));
    for (const id of ids) expect(await runs(id)).toHaveLength(1);
  });

  it('queue: starts one after the other', async () => {
    const id = await schedule({ overlap: 'queue' });
    for (const time of ['10:00:00', '11:00:00', '12:00:00', '12:00:01']) await turn(at(time));
    expect(await fires(id)).toEqual(['10:00 started', '11:00 queued', '12:00 queued']);
    await finish(id);
    await Promise.all([1, 2, 3].map(() => turn(at('12:10:00'))));
    expect(await runs(id)).toEqual(['10:00', '11:00']);
    await finish(id);
    await turn(at('12:20:00'));
    expect(await runs(id)).toEqual(['10:00', '11:00', '12:00']);
  });

  it('cancel: asks the earlier run to stop and starts when it is over', async () => {
    const id = await schedule({ overlap: 'cancel' });
    await turn(at('10:00:00'));
    const { cancelled } = await turn(at('11:00:00'));
    const claims = await pool.query(
      `SELECT run_id, cancel_requested_at IS NOT NULL AS is_cancelled, woken FROM claims WHERE workflow_id = $1`,
      [id],
    );
    expect(claims.rows).toEqual([{ run_id: cancelled[0]?.run_id, is_cancelled: true, woken: true }]);
    expect((await turn(at('11:00:01'))).started).toBe(0);
    await finish(id);
    expect((await turn(at('11:00:02'))).started).toBe(1);
    expect(await fires(id)).toEqual(['10:00 started', '11:00 started']);
  });
});

describe('a pause', () => {
  it('holds fires back, also those that wait, but not backfills', async () => {
    const id = await schedule({ paused_at: new Date() });
    await queue(id, '07:00:00', 'queue', 'fire');
    await queue(id, '08:00:00');
    await turn(at('12:00:00'));
    expect(await fires(id)).toEqual(['07:00 queued', '08:00 backfill started']);
    await pool.query('UPDATE schedules SET paused_at = NULL, next_at = $2 WHERE workflow_id = $1', [
      id,
      at('13:00:00'),
    ]);
    await finish(id);
    await turn(at('12:30:00'));
    expect(await runs(id)).toEqual(['07:00', '08:00']);
  });
});

describe('a week without anybody', () => {
  it.each([
    ['none', 100],
    ['last', 100],
    ['all', 100],
  ])('costs a bounded turn with catch_up %s, every second', async (catch_up, most) => {
    const id = await schedule({ cron: '* * * * * *', overlap: 'allow', catch_up });
    const result = await turn(new Date(at('10:00:00').getTime() + 7 * 86_400_000));
    const { rows } = await pool.query('SELECT count(*)::int AS n FROM schedule_fires WHERE workflow_id = $1', [id]);
    expect(rows[0].n).toBeLessThanOrEqual(most + 1);
    expect(result.hasMore).toBe(catch_up === 'all');
  });
});

/** A connection that does something else before it accepts runs. */
function beforeAccepting(client: PoolClient, act: () => Promise<unknown>): PoolClient {
  return new Proxy(client, {
    get(target, name) {
      if (name !== 'query') return Reflect.get(target, name) as unknown;
      return async (...args: unknown[]) => {
        if (Reflect.get(Object(args[0]), 'name') === 'accept-runs') await act();
        return (target.query as (...all: unknown[]) => unknown)(...args);
      };
    },
  });
}

/** A connection whose process dies before its nth statement. */
function dyingAt(client: PoolClient, nth: number): PoolClient {
  let count = 0;
  return new Proxy(client, {
    get(target, name) {
      if (name !== 'query') return Reflect.get(target, name) as unknown;
      return (...args: unknown[]) => {
        count += 1;
        if (count === nth) throw new Error('died');
        return (target.query as (...all: unknown[]) => unknown)(...args);
      };
    },
  });
}
