import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChangingHooks, hmac, signed, type Sent, type TestHook } from '../../../../test/gateway/changing-hooks.js';
import { definition } from '../../../../test/gateway/definitions.js';

let hooks: ChangingHooks;
beforeAll(async () => {
  hooks = await ChangingHooks.start();
});
afterAll(() => hooks.stop());
beforeEach(() => hooks.reset());

const bearing = (token: string): Sent => ({ headers: { authorization: `Bearer ${token}` } });
const meta = { challenge: { type: 'meta', secret: 'second' }, methods: ['GET', 'POST'] };
const asked = (token: string): Sent => ({
  method: 'GET',
  query: `?hub.mode=subscribe&hub.challenge=yes&hub.verify_token=${token}`,
});
const slackQuestion = JSON.stringify({ type: 'url_verification', challenge: 'yes' });

interface Case {
  title: string;
  before: object;
  /** The delivery that has the hook remembered; it need not succeed. */
  first?: Sent;
  change: (hook: TestHook) => Promise<unknown>;
  /** Deliveries after the change, each with what comes of it. */
  then: [Sent, number, (string | object)?][];
}

const cases: Case[] = [
  {
    title: 'a deactivation, also for what could not be read anyway',
    before: {},
    change: ({ id }) => hooks.done('POST', `/workflows/${id}/deactivate`),
    then: [
      [{}, 404],
      [{ body: '{' }, 404],
      [{ method: 'PUT' }, 404],
    ],
  },
  {
    title: 'a deactivation that was taken back',
    before: hmac,
    first: signed('old'),
    change: async ({ id }) => {
      await hooks.done('POST', `/workflows/${id}/deactivate`);
      await hooks.done('POST', `/workflows/${id}/activate`);
    },
    then: [[signed('old'), 202]],
  },
  {
    title: 'a deletion',
    before: { ...hmac, ...meta },
    first: signed('old'),
    change: ({ id }) => hooks.done('DELETE', `/workflows/${id}`),
    then: [
      [signed('old'), 404],
      [signed('wrong'), 404],
      [asked('two'), 404],
    ],
  },
  {
    title: 'a version that is started otherwise',
    before: {},
    change: ({ id }) => hooks.done('PUT', `/workflows/${id}`, definition()),
    then: [[{}, 404]],
  },
  {
    title: 'a version with the same trigger',
    before: hmac,
    first: signed('old'),
    change: (hook) => hooks.replace(hook, hmac),
    then: [
      [signed('old'), 202],
      [signed('wrong'), 401],
    ],
  },
  {
    title: 'a version that verifies',
    before: {},
    change: (hook) => hooks.replace(hook, hmac),
    then: [
      [{}, 401],
      [signed('old'), 202],
    ],
  },
  {
    title: 'a version that does not verify',
    before: hmac,
    first: signed('old'),
    change: (hook) => hooks.replace(hook, {}),
    then: [[{}, 202]],
  },
  {
    title: 'a version that verifies otherwise',
    before: hmac,
    first: signed('old'),
    change: (hook) => hooks.replace(hook, { verify: { type: 'bearer', secret: 'second' } }),
    then: [
      [signed('old'), 401],
      [bearing('two'), 202],
    ],
  },
  {
    title: 'a version with another secret',
    before: hmac,
    first: signed('old'),
    change: (hook) => hooks.replace(hook, { verify: { ...hmac.verify, secret: 'second' } }),
    then: [
      [signed('old'), 401],
      [signed('two'), 202],
    ],
  },
  {
    title: 'a new value of the secret, for long bodies too',
    before: hmac,
    first: signed('old'),
    change: () => hooks.done('PUT', '/secrets/key', { value: 'new' }),
    then: [
      [signed('old'), 401],
      [signed('old', JSON.stringify('x'.repeat(100_000))), 401],
      [signed('new', JSON.stringify('x'.repeat(100_000))), 202],
      [signed('new'), 202],
      [signed('old'), 401],
    ],
  },
  {
    title: 'a new value of the secret, first seen by whoever has it',
    before: { verify: { type: 'bearer', secret: 'key' } },
    first: bearing('old'),
    change: () => hooks.done('PUT', '/secrets/key', { value: 'new' }),
    then: [
      [bearing('new'), 202],
      [bearing('old'), 401],
    ],
  },
  {
    title: 'a deletion of the secret',
    before: hmac,
    first: signed('old'),
    change: () => hooks.done('DELETE', '/secrets/key'),
    then: [
      [signed('old'), 401],
      [signed(''), 401],
    ],
  },
  {
    title: 'another secret of the name, as young as the one before',
    before: hmac,
    first: signed('old'),
    change: async () => {
      await hooks.done('DELETE', '/secrets/key');
      await hooks.done('POST', '/secrets', { name: 'key', value: 'new' });
    },
    then: [
      [signed('old'), 401],
      [signed('new'), 202],
    ],
  },
  {
    title: 'a secret that was missing',
    before: { ...hmac, ...meta },
    first: signed('wrong'),
    change: async () => {
      await hooks.done('DELETE', '/secrets/key');
      await hooks.done('POST', '/secrets', { name: 'key', value: 'new' });
    },
    then: [[signed('new'), 202]],
  },
  {
    title: 'a secret that nothing is verified with',
    before: { verify: { type: 'none', secret: 'key' } },
    change: () => hooks.done('DELETE', '/secrets/key'),
    then: [[{}, 202]],
  },
  {
    title: 'other methods',
    before: { methods: ['POST'] },
    change: (hook) => hooks.replace(hook, { methods: ['PUT'] }),
    then: [
      [{ method: 'PUT' }, 202],
      [{ method: 'POST' }, 405, { allow: 'PUT' }],
    ],
  },
  {
    title: 'a challenge where there was none: the question is answered, and starts nothing',
    before: { methods: ['GET', 'POST'] },
    first: asked('two'),
    change: (hook) => hooks.replace(hook, meta),
    then: [
      [asked('two'), 200, 'yes'],
      [asked('wrong'), 403],
    ],
  },
  {
    title: 'a challenge that is no more',
    before: meta,
    first: asked('two'),
    change: (hook) => hooks.replace(hook, { methods: ['POST'] }),
    then: [[asked('two'), 405]],
  },
  {
    title: 'a new verify token',
    before: meta,
    first: asked('two'),
    change: () => hooks.done('PUT', '/secrets/second', { value: 'three' }),
    then: [
      [asked('two'), 403],
      [asked('three'), 200, 'yes'],
    ],
  },
  {
    title: 'a new secret of who asks and signs',
    before: { ...hmac, challenge: 'slack' },
    first: signed('old', slackQuestion),
    change: () => hooks.done('PUT', '/secrets/key', { value: 'new' }),
    then: [
      [signed('old', slackQuestion), 401],
      [signed('new', slackQuestion), 200, 'yes'],
    ],
  },
  {
    title: 'an answer that is waited for',
    before: {},
    change: (hook) => hooks.replace(hook, { respond: { mode: 'output', timeout_ms: 20 } }),
    then: [[{}, 202, { location: expect.stringContaining('/api/v1/runs/') }]],
  },
  {
    title: 'another way to tell deliveries apart, which cannot tell this one',
    before: { dedupe: 'input.body.id' },
    change: (hook) => hooks.replace(hook, { dedupe: '$number(input.body.id)' }),
    then: [
      [{ body: '{"id":"x"}' }, 400],
      [{ body: '{"id":"1"}' }, 202],
    ],
  },
  {
    title: 'a way to tell deliveries apart that could not tell this one',
    before: { dedupe: '$number(input.body.id)' },
    change: (hook) => hooks.replace(hook, { dedupe: 'input.body.id' }),
    then: [[{ body: '{"id":"x"}' }, 202]],
  },
  {
    title: "the owner's deactivation",
    before: {},
    change: () => hooks.sql('UPDATE users SET is_active = false WHERE id = $1', hooks.user.id),
    then: [[{}, 404]],
  },
  {
    title: "the end of the owner's account that is to come",
    before: hmac,
    first: signed('old'),
    change: () => hooks.sql(`UPDATE users SET deletion_due_at = now() + interval '1 day' WHERE id = $1`, hooks.user.id),
    then: [
      [signed('old'), 404],
      [signed('wrong'), 404],
    ],
  },
  {
    title: 'another token',
    before: {},
    change: ({ id }) => hooks.sql('UPDATE webhook_endpoints SET token = $2 WHERE workflow_id = $1', id, randomUUID()),
    then: [[{}, 404]],
  },
  {
    title: 'a token that leads nowhere',
    before: {},
    change: ({ id }) => hooks.sql('DELETE FROM webhook_endpoints WHERE workflow_id = $1', id),
    then: [[{}, 404]],
  },
];

async function expectOutcome(hook: TestHook, [sent, status, what]: Case['then'][number]): Promise<void> {
  const before = await hooks.runsOf(hook);
  const answer = await hooks.send(hook, sent);
  expect(answer, JSON.stringify([sent, answer.body])).toMatchObject({ status });
  if (typeof what === 'string') expect(answer.body).toBe(what);
  else if (what !== undefined) expect(answer.headers).toMatchObject(what);
  expect((await hooks.runsOf(hook)) - before).toBe(status === 202 ? 1 : 0);
}

describe('what is remembered', () => {
  it('spares the look, and no secret is kept open', async () => {
    const hook = await hooks.open(hmac);
    await hooks.send(hook, signed('old'));
    const statements = await hooks.statementsOf(() => hooks.send(hook, signed('old')));
    expect(statements.map(({ name }) => name)).toEqual(['accept-hook-runs']);
    expect(hooks.remembered(hook)?.sealedSecret).toEqual(expect.any(String));
    expect(JSON.stringify(hooks.remembered(hook))).not.toContain('"old"');
  });

  it('is nothing that there is not', async () => {
    const hook = { id: '', path: `/hooks/${'a'.repeat(43)}` };
    for (let i = 0; i < 2; i++) {
      expect((await hooks.statementsOf(() => hooks.send(hook))).map(({ name }) => name)).toEqual(['hooks']);
    }
  });

  it('refuses and answers nothing by itself: there is one look before', async () => {
    const hook = await hooks.open({ ...hmac, ...meta });
    await hooks.send(hook, signed('old'));
    for (const sent of [signed('wrong'), signed('old', '{'), asked('two'), asked('x'), { method: 'PUT' } as const]) {
      expect((await hooks.statementsOf(() => hooks.send(hook, sent))).map(({ name }) => name)).toEqual(['hooks']);
    }
  });
});

describe.each(cases)('$title', ({ before, first, change, then }) => {
  it('counts at once for who does not remember what was before', async () => {
    const hook = await hooks.open(before);
    await change(hook);
    for (const outcome of then) await expectOutcome(hook, outcome);
  });

  it.each(then.map((outcome) => [outcome] as const))('counts at once for who does: %j', async (outcome) => {
    const hook = await hooks.open(before);
    await hooks.send(hook, first);
    expect(hooks.remembered(hook)).toBeDefined();
    await change(hook);
    await expectOutcome(hook, outcome);
  });

  it('counts when it comes between the look and the run', async () => {
    const hook = await hooks.open(before);
    const changes = hooks.beforeAccepting(() => change(hook));
    const { status } = await hooks.send(hook, first);
    // Not every first delivery would start a run.
    if (changes() === 0) return;
    expect(await hooks.runsOf(hook)).toBe(status === 202 ? 1 : 0);
    expect((await hooks.send(hook, first)).status).toBe(status);
  });
});
