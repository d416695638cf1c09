import { createHmac } from 'node:crypto';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CommandBus } from '@app/messaging';
import { eventually } from '@app/testing';
import { webhookDefinition } from '../../../../test/gateway/definitions.js';
import { PlayedEngine } from '../../../../test/gateway/played-engine.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';
import { RunWatchesService } from '../runs/watch/run-watches.service.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
  await user.call('POST', '/secrets', { name: 'shared', value: 'the key' });
  await user.call('POST', '/secrets', { name: 'token', value: 'the token' });
});
afterAll(() => gateway.stop());

interface Hook {
  id: string;
  path: string;
}

async function open(trigger: object = {}): Promise<Hook> {
  const { body } = await user.call('POST', '/workflows', webhookDefinition(trigger));
  const answer = await user.call('POST', `/workflows/${body.id}/activate`);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
  return { id: body.id, path: new URL(body.hook_url).pathname };
}

function post(path: string, payload: object | string = {}, headers: Record<string, string> = {}): Promise<Answer> {
  return gateway.request({
    method: 'POST',
    url: path,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** The run that a delivery started, once it is there. */
function runOf({ id }: Hook, count = 1): Promise<string> {
  return eventually(async () => {
    const { rows } = await gateway.pool.query('SELECT id FROM workflow_runs WHERE workflow_id = $1 ORDER BY id', [id]);
    return rows.length === count ? (rows[count - 1].id as string) : undefined;
  });
}

const runsOf = async ({ id }: Hook): Promise<number> => (await user.call('GET', `/workflows/${id}/runs`)).body.total;

async function finish(runId: string, output: unknown, status: 'completed' | 'failed' = 'completed'): Promise<void> {
  await new PlayedEngine(gateway.pool, runId).finish(status, output);
}

describe('respond: output', () => {
  it('answers with the output of the run, which it marks as watched', async () => {
    const hook = await open({ respond: 'output' });
    const answer = post(hook.path, { n: 1 });
    const runId = await runOf(hook);
    const { rows } = await gateway.pool.query('SELECT watched FROM claims WHERE run_id = $1', [runId]);
    expect(rows).toEqual([{ watched: true }]);
    await finish(runId, { sum: 3 });
    expect(await answer).toMatchObject({ status: 200, body: { sum: 3 } });
  });

  it('is told by a command, in one query for all that are told at once', async () => {
    const hook = await open({ respond: 'output' });
    const answers = [post(hook.path), post(hook.path)];
    await runOf(hook, 2);
    const { rows } = await gateway.pool.query('SELECT id FROM workflow_runs WHERE workflow_id = $1', [hook.id]);
    const ids = rows.map(({ id }) => id as string);
    // Nobody looks by himself this time.
    const watches = gateway.app.get(RunWatchesService);
    const looks = vi.spyOn(watches as unknown as { lookAround: () => void }, 'lookAround').mockReturnValue();
    const queries = vi.spyOn(gateway.app.get(Pool), 'query');
    for (const id of ids) await finish(id, 'done');
    const bus = gateway.app.get<CommandBus<'workflow'>>(CommandBus);
    const all = Promise.all(answers);
    let isAnswered = false;
    void all.then(() => (isAnswered = true));
    await eventually(async () => {
      bus.publish('run.progressed', { run_ids: ids });
      return isAnswered || undefined;
    });
    expect(await all).toMatchObject([
      { status: 200, body: 'done' },
      { status: 200, body: 'done' },
    ]);
    const reads = queries.mock.calls.map(([query]) => query as unknown as { name?: string; values: unknown[] });
    expect(reads.find(({ name }) => name === 'finished-runs')?.values[0]).toEqual(ids.sort());
    looks.mockRestore();
    queries.mockRestore();
  });

  it('needs no query for an end that the command tells, and reads one that it tells wrongly', async () => {
    const hook = await open({ respond: 'output' });
    const told = post(hook.path);
    const toldId = await runOf(hook);
    const mistold = post(hook.path);
    const mistoldId = await runOf(hook, 2);
    await finish(mistoldId, 'as it is');
    const watches = gateway.app.get(RunWatchesService);
    const { body: run } = await user.call('GET', `/runs/${toldId}`);
    const end = { run: { ...run, status: 'completed', completed_at: run.created_at }, output: { bb: 1, a: 2 } };
    // The row says that it still runs: only what is told can be answered.
    watches.progressed({ run_ids: [mistoldId, toldId], ends: `{"run":{}}\n${JSON.stringify(end)}` });
    expect(JSON.stringify((await told).body)).toBe('{"a":2,"bb":1}');
    expect(await mistold).toMatchObject({ status: 200, body: 'as it is' });
  });

  it('sends status, headers and body as the trigger has them', async () => {
    const hook = await open({
      respond: {
        mode: 'output',
        status: '{{ output.ok ? 201 : 422 }}',
        headers: { 'Content-Type': 'text/html; charset=utf-8', 'X-Run': '{{ run.id }}', 'X-None': '{{ output.none }}' },
        body: '<p>{{ output.name }} asked {{ input.body.question }}</p>',
      },
    });
    const answer = post(hook.path, { question: 'why' });
    const runId = await runOf(hook);
    await finish(runId, { ok: true, name: 'Ada' });
    const { status, headers, body } = await answer;
    expect({ status, body }).toEqual({ status: 201, body: '<p>Ada asked why</p>' });
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-run': runId,
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
    expect(headers).not.toHaveProperty('x-none');
  });

  it.each([
    [{ body: { id: '{{ run.id }}', list: [1, '{{ output }}'] } }, 7, { list: [1, 7] }],
    [{ body: null }, 7, null],
    [{}, 'text', 'text'],
    [{ headers: { 'content-type': 'application/vnd.x+json' } }, 'text', 'text'],
  ])('of %j with the output %j is %j', async (respond, output, expected) => {
    const hook = await open({ respond: { mode: 'output', ...respond } });
    const answer = post(hook.path);
    await finish(await runOf(hook), output);
    const { body } = await answer;
    if (expected !== null && typeof expected === 'object') expect(body).toMatchObject(expected);
    else expect(body).toEqual(expected);
  });

  it.each([
    ['a run that failed', { respond: 'output' }, 'failed' as const, null],
    ['a status that is none', { respond: { mode: 'output', status: '{{ output }}' } }, 'completed' as const, 99],
    ['a redirect', { respond: { mode: 'output', status: '{{ output }}' } }, 'completed' as const, 302],
    [
      'a header with a line break',
      { respond: { mode: 'output', headers: { 'X-A': '{{ output }}' } } },
      'completed' as const,
      'a\r\nset-cookie: b=c',
    ],
    ['an expression that fails', { respond: { mode: 'output', body: '{{ $error("x") }}' } }, 'completed' as const, 1],
  ])('answers 502 to %s and says which run', async (_, trigger, status, output) => {
    const hook = await open(trigger);
    const answer = post(hook.path);
    const runId = await runOf(hook);
    await finish(runId, output, status);
    expect(await answer).toMatchObject({
      status: 502,
      body: { code: 'RUN_FAILED', detail: expect.stringContaining(runId) },
    });
  });

  it('answers 202 and where to look when the run takes longer', async () => {
    const hook = await open({ respond: { mode: 'output', timeout_ms: 50 } });
    const { status, body, headers } = await post(hook.path);
    expect({ status, body, location: headers.location }).toEqual({
      status: 202,
      body: { run_id: body.run_id },
      location: `/api/v1/runs/${body.run_id}`,
    });
    expect((await user.call('GET', `/runs/${body.run_id}`)).body.status).toBe('pending');
  });

  it('gives a delivery that comes twice the answer of the one run, also when that is over', async () => {
    const hook = await open({ respond: 'output' });
    const twice = [1, 2].map(() => post(hook.path, {}, { 'webhook-id': 'same' }));
    await finish(await runOf(hook), 42);
    const again = post(hook.path, {}, { 'webhook-id': 'same' });
    for (const answer of await Promise.all([...twice, again])) expect(answer).toMatchObject({ status: 200, body: 42 });
    expect(await runsOf(hook)).toBe(1);
  });

  it('lets go of whoever waits when the process ends', async () => {
    const other = await gateway.replica();
    const hook = await open({ respond: 'output' });
    const answer = other.request({ method: 'POST', url: hook.path, payload: {} });
    await runOf(hook);
    Reflect.get(other.app.get(RunWatchesService), 'endAll').call(other.app.get(RunWatchesService));
    expect(await answer).toMatchObject({ status: 202 });
    await other.stop();
  });
});

describe('challenge', () => {
  it("answers Slack's question when it is signed, and starts nothing", async () => {
    const verify = { type: 'hmac', secret: 'shared', header: 'X-Slack-Signature', prefix: 'v0=' };
    const hook = await open({ challenge: 'slack', verify });
    const payload = JSON.stringify({ token: 'x', challenge: '3eZbrw1aBm2rZgRNFdxV', type: 'url_verification' });
    const sign = (text: string) => ({
      'x-slack-signature': `v0=${createHmac('sha256', 'the key').update(text).digest('hex')}`,
    });
    const answer = await post(hook.path, payload, sign(payload));
    expect(answer).toMatchObject({ status: 200, body: '3eZbrw1aBm2rZgRNFdxV' });
    expect(answer.headers['content-type']).toContain('text/plain');
    expect((await post(hook.path, payload)).status).toBe(401);
    expect(await runsOf(hook)).toBe(0);
    const event = '{"type":"event_callback","challenge":"x"}';
    expect((await post(hook.path, event, sign(event))).status).toBe(202);
    expect(await runsOf(hook)).toBe(1);
  });

  it("answers Meta's question to who knows the verify token, whatever the methods", async () => {
    const hook = await open({
      challenge: { type: 'meta', secret: 'token' },
      verify: { type: 'hmac', secret: 'shared', header: 'X-Hub-Signature-256', prefix: 'sha256=' },
    });
    const ask = (token: string, mode = 'subscribe') =>
      gateway.request({
        method: 'GET',
        url: `${hook.path}?hub.mode=${mode}&hub.challenge=1158201444&hub.verify_token=${encodeURIComponent(token)}`,
      });
    expect(await ask('the token')).toMatchObject({ status: 200, body: '1158201444' });
    expect((await ask('the key')).status).toBe(403);
    expect((await ask('the token', 'other')).status).toBe(405);
    expect(await runsOf(hook)).toBe(0);
  });
});

describe('dedupe', () => {
  it('is what the expression says, whatever the headers', async () => {
    const hook = await open({ dedupe: 'input.body.event_id' });
    const ids = async (...bodies: object[]) => {
      const answers = await Promise.all(
        bodies.map((body, i) => post(hook.path, body, { 'webhook-id': `header ${i}` })),
      );
      return new Set(answers.map(({ body }) => body.run_id)).size;
    };
    expect(await ids({ event_id: 'a' }, { event_id: 'a' }, { event_id: { x: 1 } }, { event_id: { x: 1 } })).toBe(2);
    expect(await ids({}, {}, { event_id: null }, { event_id: '' })).toBe(4);
  });

  it('that cannot be worked out starts nothing', async () => {
    const hook = await open({ dedupe: '$number(input.body.n)' });
    expect(await post(hook.path, { n: 'x' })).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    expect(await runsOf(hook)).toBe(0);
    expect((await post(hook.path, { n: '12' })).status).toBe(202);
  });
});

it('the secret of a challenge has to be there before the workflow is activated', async () => {
  const { body } = await user.call(
    'POST',
    '/workflows',
    webhookDefinition({ challenge: { type: 'meta', secret: 'gone' } }),
  );
  expect(await user.call('POST', `/workflows/${body.id}/activate`)).toMatchObject({ status: 409 });
});
