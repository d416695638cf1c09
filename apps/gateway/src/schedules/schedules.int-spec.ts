import { newId } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cronDefinition, definition } from '../../../../test/gateway/definitions.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

const DAY_MS = 86_400_000;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

async function workflow(trigger: object = {}, isActive = true): Promise<string> {
  const { body } = await user.call('POST', '/workflows', cronDefinition(trigger));
  if (isActive) expect((await user.call('POST', `/workflows/${body.id}/activate`)).status).toBe(200);
  return body.id;
}

interface Row {
  cron: string;
  overlap: string;
  next_at: Date | null;
  paused_at: Date | null;
}

async function row(id: string): Promise<Row | undefined> {
  return (await gateway.pool.query<Row>('SELECT * FROM schedules WHERE workflow_id = $1', [id])).rows[0];
}

async function queue(id: string, scheduledFor: string): Promise<void> {
  await gateway.pool.query(
    `INSERT INTO schedule_fires (workflow_id, scheduled_for, kind, status, overlap) VALUES ($1, $2, 'fire', 'queued', 'queue')`,
    [id, scheduledFor],
  );
}

async function fires(
  id: string,
): Promise<{ scheduled_for: Date; kind: string; status: string; reason: string | null }[]> {
  const sql = `SELECT scheduled_for, kind, status, reason FROM schedule_fires WHERE workflow_id = $1 ORDER BY 1`;
  return (await gateway.pool.query(sql, [id])).rows;
}

const schedule = (id: string, query = ''): Promise<Answer> => user.call('GET', `/workflows/${id}/schedule${query}`);

describe('a schedule follows its workflow', () => {
  it('fires from activation to deactivation', async () => {
    const id = await workflow({}, false);
    expect((await row(id))?.next_at).toBeNull();
    await user.call('POST', `/workflows/${id}/activate`);
    const next = (await schedule(id)).body.next[0].scheduled_for;
    expect((await row(id))?.next_at?.toISOString()).toBe(next);
    await queue(id, ago(DAY_MS));
    await user.call('POST', `/workflows/${id}/deactivate`);
    expect((await row(id))?.next_at).toBeNull();
    expect(await fires(id)).toMatchObject([{ status: 'skipped', reason: 'stopped' }]);
  });

  it('keeps a fire that is due when something else changes, and not when the times do', async () => {
    const id = await workflow();
    const due = new Date(Date.now() - 5_000);
    await gateway.pool.query('UPDATE schedules SET next_at = $2 WHERE workflow_id = $1', [id, due]);
    await user.call('PATCH', `/workflows/${id}`, { name: 'Renamed' });
    const trigger = { cron: '0 6 * * *', timezone: 'Europe/Berlin', overlap: 'queue' };
    await user.call('PATCH', `/workflows/${id}`, { config: { trigger } });
    expect(await row(id)).toMatchObject({ next_at: due, overlap: 'queue' });
    await user.call('PATCH', `/workflows/${id}`, { config: { trigger: { ...trigger, cron: '5 6 * * *' } } });
    const changed = await row(id);
    expect(changed?.cron).toBe('5 6 * * *');
    expect(changed?.next_at?.getTime()).toBeGreaterThan(Date.now());
    await gateway.pool.query('UPDATE schedules SET next_at = $2 WHERE workflow_id = $1', [id, due]);
    await user.call('POST', `/workflows/${id}/versions/1/restore`);
    expect((await row(id))?.next_at?.getTime()).toBeGreaterThan(Date.now());
  });

  it('stands still when the workflow is deleted or becomes one of another kind', async () => {
    const [deleted, manual] = [await workflow(), await workflow()];
    expect((await user.call('DELETE', `/workflows/${deleted}`)).status).toBe(204);
    await user.call('PATCH', `/workflows/${manual}`, { trigger_type: 'manual', config: {} });
    for (const id of [deleted, manual]) expect((await row(id))?.next_at).toBeNull();
    expect((await schedule(deleted)).status).toBe(404);
    expect(await schedule(manual)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it('is not changed by a write that is refused', async () => {
    const id = await workflow();
    const before = await row(id);
    const headers = { 'if-match': '"1"', authorization: user.authorization };
    const change = { config: { trigger: { cron: '1 1 * * *' } } };
    const refused = await gateway.request({
      method: 'PATCH',
      url: `/api/v1/workflows/${id}`,
      headers,
      payload: change,
    });
    expect(refused.status).toBe(412);
    expect(
      (await user.call('PATCH', `/workflows/${id}`, { config: { trigger: { cron: '0 0 30 2 *' } } })).body,
    ).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ field: 'config.trigger.cron', message: expect.stringContaining('never fires') }],
    });
    expect(await row(id)).toEqual(before);
  });

  it('of a workflow that an earlier release saved begins when it is activated', async () => {
    const id = await workflow({}, false);
    await gateway.pool.query('DELETE FROM schedules WHERE workflow_id = $1', [id]);
    expect((await schedule(id)).body).toMatchObject({ active: false, paused: false, timezone: 'Europe/Berlin' });
    expect((await user.call('POST', `/workflows/${id}/schedule/pause`, {})).body).toMatchObject({ paused: true });
    await user.call('POST', `/workflows/${id}/activate`);
    expect((await row(id))?.next_at).not.toBeNull();
    const never = await workflow({}, false);
    await gateway.pool.query('DELETE FROM schedules WHERE workflow_id = $1', [never]);
    await gateway.pool.query(`UPDATE workflows SET config = '{}' WHERE id = $1`, [never]);
    for (const answer of [await schedule(never), await user.call('POST', `/workflows/${never}/schedule/pause`, {})])
      expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining('config.trigger') } });
    expect((await user.call('DELETE', `/workflows/${never}`)).status).toBe(204);
  });
});

describe('GET /workflows/:id/schedule', () => {
  it('shows the settings with what was left out, the next fires with their offsets, and the latest fires', async () => {
    const id = await workflow({ cron: '30 2 25-31 3,10 *' });
    await queue(id, '2026-01-01T00:00:00Z');
    const { status, body } = await schedule(id, '?count=21');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      workflow_id: id,
      cron: '30 2 25-31 3,10 *',
      timezone: 'Europe/Berlin',
      overlap: 'skip',
      catch_up: 'last',
      catch_up_window_s: 86_400,
      active: true,
      paused: false,
      paused_at: null,
      note: null,
      recent: [
        { scheduled_for: '2026-01-01T00:00:00.000Z', kind: 'fire', status: 'queued', run_id: null, reason: null },
      ],
    });
    expect(body.next).toHaveLength(21);
    // One of these is skipped by the clocks, and runs right after.
    const shown: string[] = body.next.map(({ local }: { local: string }) => local.slice(11));
    expect(shown).toContain('03:00:00+02:00');
    expect(new Set(shown)).toEqual(new Set(['02:30:00+01:00', '03:00:00+02:00', '02:30:00+02:00']));
    for (const { scheduled_for, local } of body.next) expect(Date.parse(local)).toBe(Date.parse(scheduled_for));
  });

  it.each(['?count=0', '?count=101', '?count=x', '?other=1'])('refuses %s', async (query) => {
    expect((await schedule(await workflow({}, false), query)).status).toBe(400);
  });

  it('has nothing of others, and of none that no schedule starts', async () => {
    const other = await gateway.signUp();
    const id = await workflow();
    expect((await other.call('GET', `/workflows/${id}/schedule`)).status).toBe(404);
    expect((await other.call('POST', `/workflows/${id}/schedule/pause`, {})).status).toBe(404);
    expect((await schedule(newId())).status).toBe(404);
    const { body } = await user.call('POST', '/workflows', definition());
    expect((await schedule(body.id)).status).toBe(409);
  });
});

describe('a pause', () => {
  it('keeps its begin, shows its note, survives an edit, and ends with the next fire from now on', async () => {
    const id = await workflow();
    const paused = await user.call('POST', `/workflows/${id}/schedule/pause`, { note: 'holidays' });
    expect(paused).toMatchObject({ status: 200, body: { paused: true, note: 'holidays' } });
    const again = await user.call('POST', `/workflows/${id}/schedule/pause`, {});
    expect(again.body).toMatchObject({ paused_at: paused.body.paused_at, note: null });
    await user.call('PATCH', `/workflows/${id}`, { name: 'Renamed' });
    await gateway.pool.query('UPDATE schedules SET next_at = $2 WHERE workflow_id = $1', [id, ago(DAY_MS)]);
    const resumed = await user.call('POST', `/workflows/${id}/schedule/resume`);
    expect(resumed).toMatchObject({ status: 200, body: { paused: false, paused_at: null, note: null } });
    expect((await row(id))?.next_at?.toISOString()).toBe(resumed.body.next[0].scheduled_for);
    expect((await user.call('POST', `/workflows/${id}/schedule/resume`)).status).toBe(200);
  });

  it('of an inactive workflow does not make it fire when it ends', async () => {
    const id = await workflow({}, false);
    await user.call('POST', `/workflows/${id}/schedule/pause`, {});
    await user.call('POST', `/workflows/${id}/schedule/resume`);
    expect((await row(id))?.next_at).toBeNull();
  });

  it('refuses a note that is too long', async () => {
    const id = await workflow({}, false);
    expect((await user.call('POST', `/workflows/${id}/schedule/pause`, { note: 'x'.repeat(501) })).status).toBe(400);
  });
});

describe('a backfill', () => {
  const backfill = (id: string, body: object): Promise<Answer> =>
    user.call('POST', `/workflows/${id}/schedule/backfill`, body);

  it('lets each scheduled time wait once, however often it is asked for, also at the same time', async () => {
    const id = await workflow({ cron: '0 * * * *', timezone: 'UTC' });
    const [from, to] = ['T00:00:00Z', 'T05:00:00Z'].map((time) => `${ago(3 * DAY_MS).slice(0, 10)}${time}`);
    const answers = await Promise.all([1, 2, 3].map(() => backfill(id, { from, to })));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(answers.map(({ body }) => body.fires).sort()).toEqual([0, 0, 6]);
    const waiting = await fires(id);
    expect(waiting).toHaveLength(6);
    expect(waiting[0]).toMatchObject({ scheduled_for: new Date(from ?? ''), kind: 'backfill', status: 'queued' });
  });

  it('takes skipped fires again, and none that has a run', async () => {
    const id = await workflow({ cron: '0 * * * *', timezone: 'UTC' });
    const day = ago(2 * DAY_MS).slice(0, 10);
    await gateway.pool.query(
      `INSERT INTO schedule_fires (workflow_id, scheduled_for, kind, status, overlap, run_id, reason)
       VALUES ($1, $2, 'fire', 'started', 'skip', $4, NULL), ($1, $3, 'fire', 'skipped', 'skip', NULL, 'overlap')`,
      [id, `${day}T01:00:00Z`, `${day}T02:00:00Z`, newId()],
    );
    const { body } = await backfill(id, { from: `${day}T00:30:00Z`, to: `${day}T02:30:00Z`, overlap: 'allow' });
    expect(body).toEqual({ fires: 1 });
    expect((await fires(id)).map(({ kind, status }) => [kind, status])).toEqual([
      ['fire', 'started'],
      ['backfill', 'queued'],
    ]);
  });

  it('may be asked for while paused, not while inactive', async () => {
    const id = await workflow({ cron: '0 * * * *' });
    const asked = { from: ago(DAY_MS), to: ago(DAY_MS / 2) };
    await user.call('POST', `/workflows/${id}/schedule/pause`, {});
    expect(await backfill(id, asked)).toMatchObject({ status: 202, body: { fires: 12 } });
    await user.call('POST', `/workflows/${id}/deactivate`);
    expect(await backfill(id, asked)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it.each<[object, string, RegExp]>([
    [{}, 'from', /./],
    [{ from: 'yesterday', to: ago(0) }, 'from', /./],
    [{ from: ago(DAY_MS), to: ago(0), overlap: 'skip' }, 'overlap', /queue, allow/],
    [{ from: ago(DAY_MS), to: ago(-DAY_MS) }, 'to', /future/],
    [{ from: ago(DAY_MS), to: ago(2 * DAY_MS) }, 'from', /later than to/],
    [{ from: ago(91 * DAY_MS), to: ago(0) }, 'from', /90 days/],
    [{ from: ago(DAY_MS), to: ago(DAY_MS / 2) }, 'to', /more than 1000 fires/],
  ])('refuses %j', async (asked, field, message) => {
    const id = await workflow({ cron: '* * * * * *' });
    const refused = await backfill(id, asked);
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(refused.body.errors).toContainEqual({ field, message: expect.stringMatching(message) });
    expect(await fires(id)).toEqual([]);
  });
});
