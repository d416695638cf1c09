import { newId, RunTrouble, type EmailFailure } from '@app/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OwnerMails } from '../../../../../test/worker/owner-mails.js';
import type { JobOutcome } from '../../job-outcome.js';
import { FailureMailService } from './failure-mail.service.js';

let mails: OwnerMails;
let service: FailureMailService;

beforeAll(async () => {
  mails = await OwnerMails.start();
  service = new FailureMailService(mails.pool, mails.http, mails.sender);
});
beforeEach(() => {
  mails.server.received.length = 0;
});
afterAll(() => mails.stop());

async function workflow(userId: string, name = 'Nightly <b>import</b>'): Promise<string> {
  const id = newId();
  const sql = `INSERT INTO workflows (id, user_id, name, trigger_type, steps) VALUES ($1, $2, $3, 'manual', '[]')`;
  await mails.pool.query(sql, [id, userId, name]);
  return id;
}

function send(workflowId: string, userId: string, more: Partial<EmailFailure> = {}, id = newId()): Promise<JobOutcome> {
  const payload = { trouble: RunTrouble.Failed, run_id: newId(), workflow_id: workflowId, code: 'TIMEOUT', ...more };
  return service.send(payload, new AbortController().signal, { id, userId });
}

describe('email.failure', () => {
  it('tells the owner which run of which workflow has failed, and why', async () => {
    const userId = await mails.account();
    const runId = newId();
    const workflowId = await workflow(userId);
    expect(await send(workflowId, userId, { run_id: runId })).toMatchObject({ kind: 'succeeded' });
    const [mail] = mails.server.received;
    expect(mail?.to).toEqual([`${userId}@example.com`]);
    const text = mail?.raw.replace(/=\r\n/g, '');
    expect(text).toContain('Nightly <b>import</b>" at platform.test has failed with TIMEOUT');
    expect(text).toContain(`https://platform.test/api/v1/runs/${runId}`);
    expect(text).toContain('&lt;b&gt;import');
  });

  it('says of a doubt how it is settled', async () => {
    const userId = await mails.account();
    await send(await workflow(userId), userId, { trouble: RunTrouble.InDoubt, path: 'pay' });
    expect(mails.server.received[0]?.raw.replace(/=\r\n/g, '')).toContain('/steps/pay/resolve');
  });

  it('is sent once in 15 minutes for each workflow, however many runs fail at once', async () => {
    const userId = await mails.account();
    const [one, other] = [await workflow(userId), await workflow(userId)];
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => send(one, userId)));
    const nothing = { kind: 'succeeded', data: { sent: false } };
    expect(outcomes.filter((outcome) => JSON.stringify(outcome) === JSON.stringify(nothing))).toHaveLength(5);
    await send(other, userId);
    expect(mails.server.received).toHaveLength(2);
    await mails.pool.query(
      `UPDATE workflow_stats SET failure_mail_at = now() - interval '16 minutes' WHERE workflow_id = $1`,
      [one],
    );
    await send(one, userId);
    expect(mails.server.received).toHaveLength(3);
  });

  it('is sent by the attempt that follows one which had the turn and was not heard of again', async () => {
    const userId = await mails.account();
    const [workflowId, job] = [await workflow(userId), newId()];
    await send(workflowId, userId, {}, job);
    await send(workflowId, userId, {}, job);
    expect(mails.server.received).toHaveLength(2);
  });

  it('goes to the person whose machine it is, at a proved address, and to nobody else', async () => {
    const [person, unproved] = [await mails.account(), await mails.account({ isVerified: false })];
    const machine = await mails.account({ ownerId: person });
    await send(await workflow(machine), machine);
    expect(mails.server.received.map(({ to }) => to)).toEqual([[`${person}@example.com`]]);
    const theirs = await workflow(unproved);
    await send(theirs, unproved);
    // The job of another account does not make a workflow theirs.
    await send(theirs, person);
    await send(newId(), person);
    expect(mails.server.received).toHaveLength(1);
  });
});
