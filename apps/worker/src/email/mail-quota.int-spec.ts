import { QuotaConfig } from '@app/config';
import { newId } from '@app/contracts';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JobOutcome } from '../job-outcome.js';
import { MailQuota } from './mail-quota.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

function quota(mailsPerDay: number): MailQuota {
  return new MailQuota(pool, Object.assign(new QuotaConfig(), { mailsPerDay }));
}

async function account(owner: string | null = null): Promise<string> {
  const id = newId();
  await pool.query('INSERT INTO users (id, email, name, kind, owner_id) VALUES ($1, $2, $3, $4, $5)', [
    id,
    `${id}@example.com`,
    'Ada',
    owner === null ? 'person' : 'service',
    owner,
  ]);
  return id;
}

async function mail(userId: string, status: string, type = 'email.send'): Promise<string> {
  const id = newId();
  await pool.query(`INSERT INTO jobs (id, type, payload, user_id, status) VALUES ($1, $2, '{}', $3, $4)`, [
    id,
    type,
    userId,
    status,
  ]);
  return id;
}

async function sendOne(of: MailQuota, userId: string): Promise<JobOutcome | undefined> {
  return of.refusal({ id: await mail(userId, 'running'), userId });
}

const refused = { kind: 'failed', code: 'MAIL_QUOTA_EXCEEDED', message: expect.stringContaining('2 mails') };

describe('a quota of mails a day', () => {
  it('counts mails that were sent, or may have been, of the person and of their machines', async () => {
    const person = await account();
    const machine = await account(person);
    const stranger = await account();
    for (const status of ['failed', 'queued', 'cancelled']) await mail(person, status);
    await mail(person, 'succeeded', 'email.account');
    await mail(person, 'succeeded');
    expect(await quota(2).refusal({ id: newId(), userId: machine })).toBeUndefined();
    await mail(machine, 'in_doubt');
    for (const userId of [person, machine]) expect(await sendOne(quota(2), userId)).toEqual(refused);
    expect(await sendOne(quota(2), stranger)).toBeUndefined();
  });

  it('lets the older of two that are under way go when there is room for one', async () => {
    const person = await account();
    await mail(person, 'succeeded');
    const [older, younger] = [await mail(person, 'running'), await mail(person, 'running')];
    expect(await quota(2).refusal({ id: younger, userId: person })).toEqual(refused);
    expect(await quota(2).refusal({ id: older, userId: person })).toBeUndefined();
  });

  it('forgets a mail after 24 hours', async () => {
    const person = await account();
    for (let i = 0; i < 2; i++) await mail(person, 'succeeded');
    expect(await sendOne(quota(2), person)).toEqual(refused);
    const tomorrow = Date.now() + 86_460_000;
    const clock = vi.spyOn(Date, 'now').mockReturnValue(tomorrow);
    expect(await quota(2).refusal({ id: newId(), userId: person })).toBeUndefined();
    clock.mockRestore();
  });

  it('asks nobody when there is none, and sends nothing when nobody can tell', async () => {
    const person = await account();
    const query = vi.fn().mockRejectedValue(new Error('away'));
    const away = { query } as unknown as Pool;
    const job = { id: newId(), userId: person };
    expect(await new MailQuota(away, new QuotaConfig()).refusal(job)).toBeUndefined();
    expect(query).not.toHaveBeenCalled();
    const limited = new MailQuota(away, Object.assign(new QuotaConfig(), { mailsPerDay: 1 }));
    expect(await limited.refusal(job)).toMatchObject({ kind: 'not_done', code: 'MAIL_UNAVAILABLE' });
  });
});
