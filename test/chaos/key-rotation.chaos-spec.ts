import { newId } from '@app/contracts';
import { KeyRing, sealCredentials } from '@app/security';
import { sized, testDatabase, testRedis, type TestDatabase } from '@app/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Rotation } from '../../apps/cli/src/keys/keys.service.js';
import { tablesUnder } from '../keys/stored-under-keys.js';
import { chance } from './support/chance.js';
import { note } from './support/figures.js';
import { RotatingProcess, type Ended } from './support/key-rotation/rotating-process.js';
import { UpdateBarrier } from './support/key-rotation/update-barrier.js';
import { firstToken, UsedCredentials } from './support/key-rotation/used-credentials.js';
import { Platform } from './support/platform.js';

const CREDENTIALS = sized({ ci: 500, full: 100_000 });
const KILLS = sized({ ci: 3, full: 20 });
/** So many rows are not re-encrypted within the moments before a kill, however slow this machine is to send it. */
const MUCH = 10_000;
const BATCH = sized({ ci: 20, full: 200 });
const INSERTED_AT_ONCE = 5_000;
const TIMEOUT = { timeout: sized({ ci: 180_000, full: 1_800_000 }) };

const [older, newer] = [
  { id: 'older', key: Buffer.alloc(32, 1) },
  { id: 'newer', key: Buffer.alloc(32, 2) },
];
const both = new KeyRing([newer, older]);
const written = [newer, older].map(({ id, key }) => `${id}:${key.toString('base64')}`).join(',');
const draw = chance('key rotation');

let database: TestDatabase;
let platform: Platform;
let pool: Pool;
let env: Record<string, string>;

beforeAll(async () => {
  const redis = await testRedis();
  database = await testDatabase();
  env = { DATABASE_URL: database.url, ENCRYPTION_KEYS: written, ENVIRONMENT: 'test' };
  platform = new Platform({ databaseUrl: database.url, redisUrl: redis.url, env: { ENCRYPTION_KEYS: written } });
  pool = platform.runs.pool;
  await platform.spawn('gateway');
});
afterAll(async () => {
  await platform.stop();
  await database.drop();
});

/** Credentials of one owner under the older key, like one that was made through the API. */
async function storeCredentials(userId: string, like: string): Promise<string[]> {
  const ids = Array.from({ length: CREDENTIALS }, () => newId());
  for (let from = 0; from < ids.length; from += INSERTED_AT_ONCE) {
    const some = ids.slice(from, from + INSERTED_AT_ONCE);
    const ring = new KeyRing([older]);
    const sealed = some.map((id) =>
      sealCredentials(ring, { userId, integrationId: id, version: 1 }, { token: firstToken(id) }),
    );
    await pool.query(
      `INSERT INTO integrations (id, user_id, type, name, config, status, credentials, credentials_version)
       SELECT n.id, $3, l.type, l.name, l.config, 'active', n.sealed, 1
       FROM unnest($1::uuid[], $2::text[]) AS n (id, sealed), integrations l WHERE l.id = $4`,
      [some, sealed, userId, like],
    );
  }
  return ids;
}

/** Of some credentials those that are under the older key, in the order of their ids. */
async function under(ids: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM integrations WHERE id = ANY ($1::uuid[]) AND left(credentials, 9) = 'v1.older.' ORDER BY id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Kills a rotation while it writes a row, or some moments after it has gone on, with much left to do. */
async function killWithin(barrier: UpdateBarrier, row: string, goesOn: boolean): Promise<Ended> {
  await barrier.close(row);
  const rotation = new RotatingProcess(env, BATCH);
  await barrier.reached();
  if (!goesOn) {
    const ended = await rotation.kill();
    await barrier.open();
    return ended;
  }
  await barrier.open();
  await sleep(draw(0, 20));
  return rotation.kill();
}

function rotationIn({ code, output, errors }: Ended): Rotation {
  expect([code, errors]).toEqual([0, '']);
  return JSON.parse(output) as Rotation;
}

it(
  'credentials get other keys while they are read and written, however often the rotation is killed',
  TIMEOUT,
  async (test) => {
    const user = await platform.signUp();
    const body = { type: 'github', name: 'GitHub', credentials: { token: 'first' } };
    const { id: like } = (await user.must(201, 'POST', '/integrations', body)).body;
    const { rows } = await pool.query<{ user_id: string }>('SELECT user_id FROM integrations WHERE id = $1', [like]);
    const userId = rows[0]!.user_id;
    const ids = await storeCredentials(userId, like);
    const used = new UsedCredentials(pool, user, userId, ids, draw);
    const barrier = await UpdateBarrier.make(pool);
    used.start(both);
    const started = performance.now();

    let killed = 0;
    let leftAtLast = CREDENTIALS;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const left = await under(used.unwritten);
      // Somewhere in the part that is left for this one, so that something is left for those that follow.
      const share = Math.floor(left.length / (KILLS - kill + 1));
      const { code } = await killWithin(barrier, left[draw(0, share)]!, left.length > MUCH && kill % 2 === 1);
      if (code === 'SIGKILL') killed += 1;
      leftAtLast = left.length;
    }
    await barrier.remove();
    expect(leftAtLast).toBeGreaterThan(0);
    expect(killed).toBe(KILLS);

    const rotations = [new RotatingProcess(env, BATCH), new RotatingProcess(env, BATCH)];
    const results = (await Promise.all(rotations.map(({ ended }) => ended))).map(rotationIn);
    const seconds = (performance.now() - started) / 1_000;
    await used.stop();
    const [reads, writes] = [used.reads, used.writes];

    for (const { key, columns } of results) {
      expect(key).toBe('newer');
      for (const { left, unreadable } of columns) expect([left, unreadable]).toEqual([0, []]);
    }
    expect(await tablesUnder(pool, 'older')).toEqual([]);
    await used.checkAll(new KeyRing([newer]));
    expect(used.mistakes.slice(0, 5)).toEqual([]);

    note(test, {
      credentials: CREDENTIALS,
      'rotations that were killed': killed,
      'rotations at once at the end': rotations.length,
      'rows of a transaction': BATCH,
      'reads meanwhile': reads,
      'writes meanwhile': writes,
      'unreadable, or not what was written last': used.mistakes.length,
      'left under the older key': 0,
      'seconds from the first rotation to the end of the last': Math.round(seconds),
    });
  },
);

it('a ciphertext in the place of another one is refused, and its row named', async () => {
  const { rows } = await pool.query<{ id: string; credentials: string }>(
    `SELECT id, credentials FROM integrations ORDER BY id DESC LIMIT 2`,
  );
  const [one, two] = rows;
  await pool.query('UPDATE integrations SET credentials = $2 WHERE id = $1', [one!.id, two!.credentials]);
  const { code, output, errors } = await new RotatingProcess(env, BATCH).ended;
  expect(code).toBe(1);
  expect((JSON.parse(output) as Rotation).columns[0]).toMatchObject({ unreadable: [one!.id] });
  expect(errors).toContain(`integrations.credentials: ${one!.id}`);
  expect(output + errors).not.toContain(two!.credentials.slice(0, 40));
});
