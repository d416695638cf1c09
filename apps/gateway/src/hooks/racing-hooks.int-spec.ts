import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChangingHooks, hmac, signed, type TestHook } from '../../../../test/gateway/changing-hooks.js';

let hooks: ChangingHooks;
beforeAll(async () => {
  hooks = await ChangingHooks.start();
});
afterAll(() => hooks.stop());
beforeEach(() => hooks.reset());

/** Opens a hook and has it remembered. */
async function known(trigger: object): Promise<TestHook> {
  const hook = await hooks.open(trigger);
  expect((await hooks.send(hook, signed('old'))).status).toBe(202);
  return hook;
}

const statusOf = async (hook: TestHook, key: string): Promise<number> => (await hooks.send(hook, signed(key))).status;

describe('of deliveries that are accepted together', () => {
  it('only those are looked up again whose hook has changed', async () => {
    const [same, changed, closed] = [await known(hmac), await known({}), await known({})];
    await hooks.replace(changed, {});
    await hooks.done('POST', `/workflows/${closed.id}/deactivate`);
    const answers: number[] = [];
    const statements = await hooks.statementsOf(async () => {
      const all = [same, changed, closed, same, changed].map((hook) => hooks.send(hook, signed('old')));
      answers.push(...(await Promise.all(all)).map(({ status }) => status));
    });
    expect(answers).toEqual([202, 202, 404, 202, 202]);
    const tokens = statements.flatMap(({ name, values }) => (name === 'hooks' ? values.flat(2) : []));
    expect(new Set(tokens)).toEqual(new Set([changed, closed].map(({ path }) => path.slice('/hooks/'.length))));
    const accepted = statements.flatMap(({ name, values }) => (name === 'hooks' ? [] : (values[1] ?? [])));
    const times = ({ id }: TestHook): number => accepted.filter((workflowId) => workflowId === id).length;
    expect([same, changed, closed].map(times)).toEqual([2, 4, 1]);
    expect(await Promise.all([same, changed, closed].map((hook) => hooks.runsOf(hook)))).toEqual([3, 3, 1]);
  });

  it('those that are the same start one run, whatever changes meanwhile', async () => {
    const hook = await known(hmac);
    const deliver = (id: string) => hooks.send(hook, signed('old', '{}', { 'webhook-id': id }));
    const first = await deliver('a');
    await hooks.replace(hook, hmac);
    expect((await deliver('a')).body).toEqual(first.body);
    hooks.beforeAccepting(() => hooks.replace(hook, hmac));
    const answers = await Promise.all(['b', 'b', 'b', 'a'].map(deliver));
    expect(new Set(answers.map(({ body }) => body.run_id)).size).toBe(2);
    expect(answers[3]?.body).toEqual(first.body);
    expect(await hooks.runsOf(hook)).toBe(3);
  });
});

describe('a secret that changes while deliveries come', () => {
  it('is never the old one after its change was answered, nor refused when it is the new one', async () => {
    const hook = await known(hmac);
    for (let round = 0, key = 'old'; round < 25; round++) {
      const next = `key ${round}`;
      const [during] = await Promise.all([
        Promise.all([key, next, key, next, key].map((each) => statusOf(hook, each))),
        hooks.done('PUT', '/secrets/key', { value: next }),
      ]);
      for (const status of during) expect([202, 401]).toContain(status);
      const after = await Promise.all([key, next, key, next].map((each) => statusOf(hook, each)));
      expect(after).toEqual([401, 202, 401, 202]);
      key = next;
    }
  });

  it('between look and run counts, and the look is taken again', async () => {
    const hook = await known(hmac);
    let value = 0;
    const changes = hooks.beforeAccepting(() => hooks.done('PUT', '/secrets/key', { value: `new ${value++}` }));
    expect(await statusOf(hook, 'old')).toBe(401);
    expect([changes(), await hooks.runsOf(hook)]).toEqual([1, 1]);
  });

  it('to the same value is no reason to refuse anything', async () => {
    const hook = await known(hmac);
    const changes = hooks.beforeAccepting(() => hooks.done('PUT', '/secrets/key', { value: 'old' }), 4);
    expect(await statusOf(hook, 'old')).toBe(202);
    expect([changes(), await hooks.runsOf(hook)]).toEqual([4, 2]);
  });

  it('twice before a refusal is looked up twice', async () => {
    const hook = await known(hmac);
    const values = ['first', 'second'];
    const change = async (): Promise<void> => {
      const value = values.shift();
      if (value !== undefined) await hooks.done('PUT', '/secrets/key', { value });
    };
    hooks.beforeAccepting(() => Promise.resolve(), 0, change);
    expect(await statusOf(hook, 'second')).toBe(202);
    expect(values).toEqual([]);
  });

  it('each time is told, and nothing is started', async () => {
    const hook = await known(hmac);
    hooks.beforeAccepting(() => hooks.done('PUT', '/secrets/key', { value: 'old' }), 5);
    const answer = await hooks.send(hook, signed('old'));
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'SERVICE_UNAVAILABLE' },
    });
    expect(await hooks.runsOf(hook)).toBe(1);
  });
});

it('a hook that is closed only while the run is being accepted takes the delivery', async () => {
  const hook = await known(hmac);
  const turn = (to: string) => hooks.done('POST', `/workflows/${hook.id}/${to}`);
  const changes = hooks.beforeAccepting(
    () => turn('deactivate'),
    1,
    () => turn('activate'),
  );
  expect(await statusOf(hook, 'old')).toBe(202);
  expect([changes(), await hooks.runsOf(hook)]).toEqual([1, 2]);
});
