import { newId, type AccountPaused } from '@app/contracts';
import { Lookout } from '@app/database';
import { eventually, testDatabase, type TestDatabase } from '@app/testing';
import { Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accountOf, type ProviderAccount } from './account.js';
import { LONGEST_PAUSE_MS } from './asked-pause.js';
import { ProviderMetrics } from './provider.metrics.js';
import { ProviderPauses } from './provider-pauses.service.js';

let database: TestDatabase;
let pool: Pool;
let started: Lookout[] = [];

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
});
afterEach(async () => {
  await Promise.all(started.map((lookout) => lookout.stop()));
  started = [];
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** A process. @param tell what reaches the others at once; without it they read */
async function replica(tell: (paused: AccountPaused) => void = () => undefined, of = pool): Promise<ProviderPauses> {
  const metrics = new ProviderMetrics(new Registry());
  const lookout = new Lookout({ pool: of, log: new Logger('test') });
  const pauses = new ProviderPauses({ pool: of, tell, metrics, lookout, pollMs: 20 });
  await pauses.start();
  lookout.start();
  started.push(lookout);
  return pauses;
}

/** An account of a new owner. */
async function newAccount(url = 'https://api.example.com/a'): Promise<ProviderAccount> {
  const userId = newId();
  await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, $2, 'A')`, [userId, `${userId}@example.com`]);
  return accountOf(userId, url, []);
}

const refusal = (seconds: number) => ({ status: 429, headers: { 'retry-after': String(seconds) } });
const heed = async (pauses: ProviderPauses, account: ProviderAccount, seconds: number): Promise<number> =>
  pauses.heed(account, refusal(seconds), Date.now());

async function rows(account: ProviderAccount): Promise<{ account: string; ms: number }[]> {
  const sql = `SELECT account, (extract(epoch FROM until - now()) * 1000)::float8 AS ms FROM provider_pauses WHERE user_id = $1`;
  return (await pool.query<{ account: string; ms: number }>(sql, [account.userId])).rows;
}

describe('a pause', () => {
  it('is known at once where the answer came, and in PostgreSQL when that is told', async () => {
    const [pauses, account] = [await replica(), await newAccount()];
    expect(pauses.waitMs(account)).toBe(0);
    const waitMs = await heed(pauses, account, 60);
    expect(waitMs).toBeGreaterThan(59_000);
    expect(waitMs).toBeLessThanOrEqual(60_250);
    expect(pauses.waitMs(account)).toBeGreaterThan(59_000);
    expect(await rows(account)).toEqual([{ account: 'https://api.example.com', ms: expect.any(Number) }]);
  });

  it('is read by the others, and by one that starts later before it does anything', async () => {
    const [pauses, other, account] = [await replica(), await replica(), await newAccount()];
    await heed(pauses, account, 60);
    expect((await replica()).waitMs(account)).toBeGreaterThan(55_000);
    await eventually(() => other.waitMs(account) > 55_000);
    expect(other.waitMs(account)).toBeLessThanOrEqual(60_300);
  });

  it('is heard by the others before anything is written', async () => {
    const other = await replica();
    const account = await newAccount();
    const pauses = await replica((paused) => {
      other.hear(paused);
      expect(other.waitMs(account)).toBeGreaterThan(59_000);
    });
    await heed(pauses, account, 60);
    expect.assertions(1);
  });

  it('is the longest that was asked for, wherever that was heard', async () => {
    const [pauses, other, account] = [await replica(), await replica(), await newAccount()];
    await Promise.all([heed(pauses, account, 60), heed(other, account, 120), heed(pauses, account, 30)]);
    await eventually(() => pauses.waitMs(account) > 119_000);
    await heed(other, account, 5);
    const [row, ...none] = await rows(account);
    expect(row?.ms).toBeGreaterThan(115_000);
    expect(none).toEqual([]);
  });

  it('is over for everybody when its time is', async () => {
    const [pauses, other, account] = [await replica(), await replica(), await newAccount()];
    await heed(pauses, account, 1);
    await eventually(() => other.waitMs(account) > 0);
    await eventually(() => pauses.waitMs(account) === 0 && other.waitMs(account) === 0);
    expect((await replica()).waitMs(account)).toBe(0);
  });

  it('lasts an hour at most, whatever was asked for or told', async () => {
    const [pauses, account, told] = [await replica(), await newAccount(), await newAccount()];
    expect(await heed(pauses, account, 1e9)).toBeLessThanOrEqual(LONGEST_PAUSE_MS + 250);
    expect((await rows(account))[0]?.ms).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
    pauses.hear({ user_id: told.userId, account: told.name, for_ms: 1e12 });
    expect(pauses.waitMs(told)).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
  });

  it('is nobody else’s: not of another owner, another origin, or other secrets', async () => {
    const [pauses, account] = [await replica(), await newAccount()];
    await heed(pauses, account, 60);
    const others = [
      await newAccount(),
      accountOf(account.userId, 'https://example.com', []),
      accountOf(account.userId, 'https://api.example.com', ['token']),
    ];
    for (const other of others) expect(pauses.waitMs(other)).toBe(0);
  });

  it('is written once for answers that come together', async () => {
    const account = await newAccount();
    const told: AccountPaused[] = [];
    const pauses = await replica((paused) => told.push(paused));
    await Promise.all(Array.from({ length: 100 }, () => heed(pauses, account, 60)));
    // The grid of ends may have had a line in between.
    expect(told.length).toBeLessThanOrEqual(2);
  });

  it('is kept for a bounded number of accounts of an owner, and goes with the owner', async () => {
    const [pauses, other] = [await replica(), await newAccount()];
    const { userId } = other;
    for (let n = 0; n < 105; n += 1) {
      const waitMs = await heed(pauses, accountOf(userId, `https://${n}.example.com`, []), 60);
      // The step that was answered waits all the same.
      expect(waitMs).toBeGreaterThan(59_000);
    }
    // Another process, which has heard of none, fills the table no further.
    const quiet = new ProviderPauses({
      pool,
      tell: () => undefined,
      metrics: new ProviderMetrics(new Registry()),
      lookout: { watch: () => undefined },
      pollMs: 1e6,
    });
    await heed(quiet, accountOf(userId, 'https://new.example.com', []), 60);
    expect(await rows(other)).toHaveLength(100);
    await pool.query('DELETE FROM users WHERE id = $1', [userId]);
    expect(await rows(other)).toEqual([]);
  });

  it('holds the process that heard of it while PostgreSQL is away', async () => {
    const account = await newAccount();
    const own = new Pool({ connectionString: database.url, max: 1 });
    const told: AccountPaused[] = [];
    const pauses = await replica((paused) => told.push(paused), own);
    await started.pop()!.stop();
    await own.end();
    expect(await heed(pauses, account, 60)).toBeGreaterThan(59_000);
    expect(pauses.waitMs(account)).toBeGreaterThan(59_000);
    expect(told).toEqual([{ user_id: account.userId, account: account.name, for_ms: expect.any(Number) }]);
    expect(await rows(account)).toEqual([]);
  });
});
