import { newId } from '@app/contracts';
import { acceptRuns } from '@app/database';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { rowsReadOf, type PlanNode } from '../../../../../test/workflow/plan.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimRoom } from './claim-room.js';
import { claimRuns, FIRST_OWNER, type Claimed } from './claim-runs.js';
import { claimRunsSql } from './claim-runs.sql.js';

const BATCH = 100;
const [flooder, other, third] = [newId(), newId(), newId()].sort() as [string, string, string];

let database: TestDatabase;
let pool: Pool;
const replica = newId();

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
  await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, 'a@example.com', 'A')`, [flooder]);
});
beforeEach(async () => {
  await pool.query('TRUNCATE claims');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Claims of a user as they stand in the table: `ageS` = for how many seconds the first of them has been due. */
async function claims(user: string, count: number, { epoch = 0, ageS = 0 } = {}): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await pool.query(
    `WITH run AS (INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger)
                  SELECT id, 30, $2, 1, $2, '{"type":"manual"}' FROM unnest($1::uuid[]) AS i (id))
     INSERT INTO claims (run_id, retention, workflow_id, version, user_id, epoch, run_at)
     SELECT id, 30, $2, 1, $2, $3, now() - $4 * interval '1 second' + n * interval '1 microsecond'
     FROM unnest($1::uuid[]) WITH ORDINALITY AS i (id, n)`,
    [ids, user, epoch, ageS],
  );
  return ids;
}

function claim(held: [string, number][] = [], after = FIRST_OWNER, concurrency = 512): Promise<Claimed> {
  return claimRuns(pool, replica, claimRoom(concurrency, BATCH, new Map(held)), after);
}

async function workflow(priority: number): Promise<string> {
  const id = newId();
  await pool.query(
    `INSERT INTO workflows (id, user_id, name, trigger_type, steps, config) VALUES ($1, $2, 'w', 'manual', '[]', $3)`,
    [id, flooder, JSON.stringify({ limits: { priority } })],
  );
  return id;
}

async function accepted(workflowId: string): Promise<string> {
  const id = newId();
  const trigger = { type: 'manual' as const };
  const more = { inputJson: null, correlationId: null, tags: [], needsActive: false, dedupeKey: null };
  await acceptRuns(pool, [{ id, workflowId, userId: flooder, trigger, ...more }]);
  return id;
}

const countOf = ({ runs }: Claimed, user: string): number => runs.filter(({ userId }) => userId === user).length;

describe('the claim of due runs', () => {
  it('gives each owner an equal part, in the order of time', async () => {
    const long = await claims(flooder, 300, { ageS: 60 });
    const [single] = await claims(other, 1);
    const first = await claim();
    expect(countOf(first, flooder)).toBe(50);
    expect(first.runs.filter(({ userId }) => userId === flooder).map(({ runId }) => runId)).toEqual(long.slice(0, 50));
    expect(first.runs.at(-1)?.runId).toBe(single);
    expect(first.isMore).toBe(true);
    expect(countOf(await claim(), flooder)).toBe(BATCH);
  });

  it('says that there is no more when it took all', async () => {
    await claims(flooder, 40);
    await claims(other, 3);
    const all = await claim();
    expect(all.runs).toHaveLength(43);
    expect(all.isMore).toBe(false);
    expect(await claim()).toMatchObject({ runs: [], isMore: false });
  });

  it('goes on after the owner who was last, and begins anew with the first', async () => {
    for (const user of [flooder, other, third]) await claims(user, 5);
    const room = { most: 1, ofOthers: 1, ofHeld: new Map<string, number>(), isTight: false };
    const seen: string[] = [];
    let after = FIRST_OWNER;
    // What never began gets no place of a batch of one where something has begun: there is nothing here.
    for (let n = 0; n < 4; n += 1) {
      const { runs, lastOwner } = await claimRuns(pool, replica, room, after);
      seen.push(...runs.map(({ userId }) => userId));
      after = lastOwner;
    }
    expect(seen).toEqual([flooder, other, third, flooder]);
  });

  it('takes what has begun first, but leaves a quarter to what never began', async () => {
    await claims(flooder, 200, { epoch: 1, ageS: 60 });
    await claims(flooder, 200, { ageS: 3_600 });
    const { runs } = await claim();
    expect(runs.filter(({ epoch }) => epoch === 2)).toHaveLength(75);
    expect(runs.filter(({ epoch }) => epoch === 1)).toHaveLength(25);
  });

  it('takes of nobody more than there is room for, of what has begun and what has not together', async () => {
    await claims(flooder, 200, { epoch: 1 });
    await claims(flooder, 200);
    await claims(other, 1);
    const tight = await claim([[flooder, 500]]);
    expect(countOf(tight, flooder)).toBe(12);
    const full = await claim([[flooder, 512]]);
    expect(countOf(full, flooder)).toBe(0);
    expect(countOf(full, other) + countOf(tight, other)).toBe(1);
  });

  it('leaves what is parked, whoever has it', async () => {
    await claims(flooder, 10, { ageS: -3_600 });
    await claims(flooder, 10, { epoch: 1, ageS: -3_600 });
    await claims(other, 1);
    expect((await claim()).runs.map(({ userId }) => userId)).toEqual([other]);
  });

  it('takes what has priority before what the owner started up to that many minutes earlier, and nothing of others', async () => {
    const [plain, urgent] = await Promise.all([workflow(0), workflow(10)]);
    const [older, old] = [await accepted(plain), await accepted(plain)];
    await pool.query(`UPDATE claims SET run_at = now() - interval '11 minutes' WHERE run_id = $1`, [older]);
    const [single] = await claims(other, 1, { ageS: 1 });
    const first = await accepted(urgent);
    const { runs } = await claim();
    const ofOwner = runs.filter(({ userId }) => userId === flooder).map(({ runId }) => runId);
    expect(ofOwner).toEqual([older, first, old]);
    expect(runs.map(({ runId }) => runId)).toContain(single);
  });

  it('looks at no more rows than it takes, whatever else there is', async () => {
    await claims(flooder, 10_000, { ageS: 60 });
    await claims(third, 5_000, { epoch: 1, ageS: -3_600 });
    await claims(other, 1);
    await pool.query('ANALYZE claims; ANALYZE workflow_runs');
    const values = [replica, BATCH, 512, [], [], FIRST_OWNER];
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${claimRunsSql}`,
      values,
    );
    expect(rowsReadOf(rows[0]!['QUERY PLAN'][0].Plan, 'claims')).toBe(BATCH / 2 + 1);
  });
});
