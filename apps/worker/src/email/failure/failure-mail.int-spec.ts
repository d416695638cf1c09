import { HttpConfig, MailConfig } from '@app/config';
import { newId, RunTrouble, type EmailFailure } from '@app/contracts';
import { testDatabase, TestMailServer, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobOutcome } from '../../job-outcome.js';
import { MailSender } from '../mail-sender.js';
import { SmtpTransport } from '../smtp.transport.js';
import { FailureMailService } from './failure-mail.service.js';

let database: TestDatabase;
let pool: Pool;
let server: TestMailServer;
let service: FailureMailService;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
  server = await TestMailServer.start();
  const http = Object.assign(new HttpConfig(), { givenPublicUrl: 'https://platform.test' });
  service = new FailureMailService(pool, http, new MailSender(new MailConfig(), new SmtpTransport(server.url)));
});
beforeEach(() => {
  server.received.length = 0;
});
afterAll(async () => {
  await server.stop();
  await pool.end();
  await database.drop();
});

async function account(columns: { isVerified?: boolean; ownerId?: string } = {}): Promise<string> {
  const { isVerified = true, ownerId = null } = columns;
  const id = newId();
  const kind = ownerId === null ? 'person' : 'service';
  await pool.query(
    `INSERT INTO users (id, email, name, kind, owner_id, email_verified_at)
     VALUES ($1, $2, 'A', $3, $4, CASE WHEN $5 THEN now() END)`,
    [id, `${id}@example.com`, kind, ownerId, isVerified && ownerId === null],
  );
  return id;
}

async function workflow(userId: string, name = 'Nightly <b>import</b>'): Promise<string> {
  const id = newId();
  const sql = `INSERT INTO workflows (id, user_id, name, trigger_type, steps) VALUES ($1, $2, $3, 'manual', '[]')`;
  await pool.query(sql, [id, userId, name]);
  return id;
}

function send(workflowId: string, userId: string, more: Partial<EmailFailure> = {}, id = newId()): Promise<JobOutcome> {
  const payload = { trouble: RunTrouble.Failed, run_id: newId(), workflow_id: workflowId, code: 'TIMEOUT', ...more };
  return service.send(payload, new AbortController().signal, { id, userId });
}

describe('email.failure', () => {
  it('tells the owner which run of which workflow has failed, and why', async () => {
    const userId = await account();
    const runId = newId();
    const workflowId = await workflow(userId);
    expect(await send(workflowId, userId, { run_id: runId })).toMatchObject({ kind: 'succeeded' });
    const [mail] = server.received;
    expect(mail?.to).toEqual([`${userId}@example.com`]);
    const text = mail?.raw.replace(/=\r\n/g, '');
    expect(text).toContain('Nightly <b>import</b>" at platform.test has failed with TIMEOUT');
    expect(text).toContain(`https://platform.test/api/v1/runs/${runId}`);
    expect(text).toContain('&lt;b&gt;import');
  });

  it('says of a doubt how it is settled', async () => {
    const userId = await account();
    await send(await workflow(userId), userId, { trouble: RunTrouble.InDoubt, path: 'pay' });
    expect(server.received[0]?.raw.replace(/=\r\n/g, '')).toContain('/steps/pay/resolve');
  });

  it('is sent once in 15 minutes for each workflow, however many runs fail at once', async () => {
    const userId = await account();
    const [one, other] = [await workflow(userId), await workflow(userId)];
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => send(one, userId)));
    const nothing = { kind: 'succeeded', data: { sent: false } };
    expect(outcomes.filter((outcome) => JSON.stringify(outcome) === JSON.stringify(nothing))).toHaveLength(5);
    await send(other, userId);
    expect(server.received).toHaveLength(2);
    await pool.query(
      `UPDATE workflow_stats SET failure_mail_at = now() - interval '16 minutes' WHERE workflow_id = $1`,
      [one],
    );
    await send(one, userId);
    expect(server.received).toHaveLength(3);
  });

  it('is sent by the attempt that follows one which had the turn and was not heard of again', async () => {
    const userId = await account();
    const [workflowId, job] = [await workflow(userId), newId()];
    await send(workflowId, userId, {}, job);
    await send(workflowId, userId, {}, job);
    expect(server.received).toHaveLength(2);
  });

  it('goes to the person whose machine it is, at a proved address, and to nobody else', async () => {
    const [person, unproved] = [await account(), await account({ isVerified: false })];
    const machine = await account({ ownerId: person });
    await send(await workflow(machine), machine);
    expect(server.received.map(({ to }) => to)).toEqual([[`${person}@example.com`]]);
    const theirs = await workflow(unproved);
    await send(theirs, unproved);
    // The job of another account does not make a workflow theirs.
    await send(theirs, person);
    await send(newId(), person);
    expect(server.received).toHaveLength(1);
  });
});
