import type { JournalEntry } from '@app/contracts';
import type { StepDefinition } from '@app/definition';
import { describe, expect, it } from 'vitest';
import { World, claimed, post, pure, put, started } from '../../../../../test/workflow/run-world.js';
import { StepFailure } from '../../steps/steps.service.js';

const parallel = (branches: Record<string, StepDefinition[]>, more: Partial<StepDefinition> = {}): StepDefinition => ({
  id: 'all',
  type: 'parallel',
  config: { branches },
  ...more,
});
const each = (items: string, steps: StepDefinition[], more: Record<string, unknown> = {}): StepDefinition => ({
  id: 'each',
  type: 'foreach',
  config: { items, steps, ...more },
});
const call = (id: string, more: Partial<StepDefinition> = {}): StepDefinition => ({ ...put, id, ...more });
const refused = (): never => {
  throw new StepFailure({ code: 'HTTP_STATUS', message: 'no' }, { retryable: false, mayHaveHappened: false });
};
const aborted = async (signal: AbortSignal): Promise<never> => {
  await new Promise((resolve) => (signal.aborted ? resolve(null) : signal.addEventListener('abort', resolve)));
  throw new StepFailure({ code: 'CANCELLED', message: 'stopped' }, { retryable: true, mayHaveHappened: true });
};

describe('containers', () => {
  it('run branches at the same time and join their outputs by name', async () => {
    const world = new World();
    let together = 0;
    world.perform = async (_call, { path }) => {
      together += 1;
      while (together < 2) await Promise.resolve();
      return path;
    };
    await world.execution([parallel({ left: [call('a')], right: [call('b'), pure('c', '"c"')] })]).execute();
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '{"left":"all.a","right":"c"}' });
  });

  it('keep the order of items whatever order they finish in, never more at once than allowed', async () => {
    const world = new World();
    let together = 0;
    let most = 0;
    const returning: (() => void)[] = [];
    world.perform = async (_call, { path }) => {
      together += 1;
      most = Math.max(most, together);
      await new Promise<void>((resolve) => {
        returning.push(resolve);
        // The last that came is the first to go.
        setImmediate(() => returning.pop()?.());
      });
      together -= 1;
      return path;
    };
    const items = each('[1..5]', [call('send'), pure('out', 'item * 10 + index')], { concurrency: 2 });
    await world.execution([items]).execute();
    expect(world.last.outputJson).toBe('[10,21,32,43,54]');
    expect(world.calls).toEqual([0, 1, 2, 3, 4].map((i) => `each[${i}].send`));
    expect(most).toBe(2);
  });

  it.each([
    ['nothing', 'input.missing', '[]'],
    ['one value', 'input.n', '[1]'],
    ['an empty list', '[]', '[]'],
  ])('take %s for a list of items', async (_what, items, output) => {
    const world = new World();
    await world.execution([each(items, [pure('x', 'item')])]).execute();
    expect(world.last).toMatchObject({ status: 'completed', outputJson: output });
  });

  it('show the turns of the loops around', async () => {
    const world = new World();
    const inner: StepDefinition = {
      id: 'inner',
      type: 'repeat',
      config: { max_iterations: 2, steps: [pure('x', 'loops[0].item & index & previous')] },
    };
    await world.execution([each('["a"]', [inner])]).execute();
    expect(world.last.outputJson).toBe('["a1a0null"]');
  });

  it('end a loop with the iteration in which `until` is true, and fail when it never is', async () => {
    const loop = (max: number): StepDefinition => ({
      id: 'loop',
      type: 'repeat',
      config: { max_iterations: max, until: 'steps.x.output >= 2', steps: [pure('x', 'index')] },
    });
    const world = new World();
    await world.execution([loop(5)]).execute();
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '2' });
    await world.execution([loop(2)]).execute();
    expect(world.last).toMatchObject({ status: 'failed' });
    expect(world.last.errorJson).toContain('ITERATIONS_EXHAUSTED');
  });

  it('park between two iterations', async () => {
    const world = new World();
    const loop: StepDefinition = {
      id: 'loop',
      type: 'repeat',
      config: { max_iterations: 2, delay_ms: 100, steps: [pure('x', 'index')] },
    };
    expect(await world.execution([loop]).execute()).toBe('parked');
    expect(world.last.next).toMatchObject({ kind: 'park', until: 1_100 });
  });

  it('cancel the other branches when one fails: what may have happened is in doubt', async () => {
    const world = new World();
    world.perform = (_call, { path, signal }) => (path === 'all.bad' ? refused() : aborted(signal));
    const steps = [
      parallel({ a: [call('bad')], b: [call('slow')], c: [{ ...post, id: 'unsafe' }], d: [call('slower')] }),
      pure('never'),
    ];
    await world.execution(steps).execute();
    expect(world.journal.flat()).toEqual(
      expect.arrayContaining([
        'failed all.bad',
        'cancelled all.slow',
        'cancelled all.slower',
        'in_doubt all.unsafe',
        'failed all',
      ]),
    );
    expect(world.last).toMatchObject({ status: 'failed' });
    expect(world.last.errorJson).toContain('"step_id":"bad"');
  });

  it('join all branches before they fail when told so', async () => {
    const world = new World();
    world.perform = async (_call, { path }) => (path === 'all.bad' ? refused() : path);
    const all = parallel({ a: [call('bad')], b: [call('good'), pure('after')] }, { on_error: 'continue' });
    Object.assign(all.config, { fail_fast: false });
    await world.execution([all, pure('end', 'steps.all.output.error.code')]).execute();
    expect(world.journal.flat()).toContain('completed all.after');
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '"HTTP_STATUS"' });
  });

  it('cancel what waits inside them: jobs and runs are no longer wanted', async () => {
    const world = new World();
    const mail: StepDefinition = {
      id: 'mail',
      type: 'email.send',
      config: { to: 'a@example.com', subject: 's', text: 't' },
    };
    const child: StepDefinition = {
      id: 'child',
      type: 'workflow.run',
      config: { workflow_id: '01890a5d-ac96-774b-bcce-b302099a8057' },
    };
    world.perform = async () => refused();
    const run = claimed();
    const steps = [
      parallel({ a: [mail], b: [child], c: [{ id: 'd', type: 'delay', config: { for_ms: 10 } }, call('x')] }),
    ];
    await world.execution(steps, { run }).execute();
    const { entries, jobs, children } = world.last;
    world.now += 10;
    await world.execution(steps, { run, history: { entries: [...entries], nextSeq: 2 } }).execute();
    const unwanted = world.commits.map((commit) => commit.unwanted);
    expect(unwanted.flatMap((given) => given.jobs)).toEqual([jobs[0]?.id]);
    expect(unwanted.flatMap((given) => given.children)).toEqual([children[0]?.id]);
    expect(world.last).toMatchObject({ status: 'failed' });
  });

  it('fail when their time is up, and the run with its own', async () => {
    const slow = (): StepDefinition => ({ id: 'd', type: 'delay', config: { for_ms: 5_000 } });
    const world = new World();
    const step = parallel({ a: [slow()] }, { timeout_ms: 100 });
    expect(await world.execution([step]).execute()).toBe('parked');
    expect(world.last.next).toMatchObject({ until: 1_100 });
    const entries = [...world.last.entries];
    world.now = 1_100;
    await world.execution([step], { history: { entries, nextSeq: 2 } }).execute();
    expect(world.last.errorJson).toContain('TIMEOUT');
    const limited = new World();
    const config = { timeout_ms: 300 };
    await limited.execution([slow()], { config }).execute();
    expect(limited.last.next).toMatchObject({ until: 1_100 });
    limited.now = 1_100;
    const history = { entries: [...limited.last.entries], nextSeq: 2 };
    await limited.execution([slow()], { config, history }).execute();
    expect(limited.journal.at(-1)).toEqual(['cancelled d']);
    expect(limited.last.errorJson).toContain('TIMEOUT');
  });

  it('go on at the right place of each branch after a crash', async () => {
    const world = new World();
    const entries: JournalEntry[] = [
      { type: 'step.entered', path: 'all', at: 1, branch: null },
      started('all.a', 'keyed'),
      { type: 'step.completed', path: 'all.b', at: 2, started_at: 1, attempt: 1, output: 'b' },
    ];
    await world
      .execution([parallel({ left: [call('a')], right: [call('b'), call('c')] })], { history: { entries, nextSeq: 2 } })
      .execute();
    expect(world.calls.toSorted()).toEqual(['all.a', 'all.c']);
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '{"left":"all.a","right":"all.c"}' });
  });

  it('fail when their output is larger than a step may give', async () => {
    const world = new World();
    const big = pure('x', '$pad("x", 300000)');
    await world.execution([each('[1..5]', [big])]).execute();
    expect(world.last.errorJson).toContain('OUTPUT_INVALID');
  });
});

describe('the end of a run', () => {
  it('is there with `succeed`, wherever it stands, and cancels the rest', async () => {
    const world = new World();
    world.perform = (_call, { signal }) => aborted(signal);
    const done: StepDefinition = { id: 'done', type: 'succeed', config: { output: { n: '{{ input.n }}' } } };
    await world.execution([parallel({ a: [pure('p'), done], b: [call('slow')] }), pure('never')]).execute();
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '{"n":1}' });
    expect(world.last.entries.map(({ type, path }) => `${type} ${path}`)).toContain('step.cancelled all.slow');
  });

  it('is there with `fail`, past any on_error around it', async () => {
    const world = new World();
    const stop: StepDefinition = { id: 'stop', type: 'fail', config: { message: 'n is {{ input.n }}' } };
    await world.execution([parallel({ a: [stop] }, { on_error: 'continue' }), pure('never')]).execute();
    expect(world.last).toMatchObject({ status: 'failed' });
    expect(JSON.parse(world.last.errorJson ?? '')).toEqual({
      code: 'FAILED_BY_STEP',
      message: 'n is 1',
      step_id: 'stop',
    });
  });

  it('comes when the journal is full', async () => {
    const world = new World();
    world.maxEntries = 20;
    await world.execution([each('[1..100]', [pure('x')])]).execute();
    expect(world.last.errorJson).toContain('JOURNAL_FULL');
  });
});

describe('waiting', () => {
  const approval: StepDefinition = { id: 'ok', type: 'wait.signal', config: { name: 'approve', timeout_ms: 500 } };
  const signal = (name: string, id = 's1') =>
    ({ kind: 'signal', id, by: 'user', at: '2026-01-01T00:00:00.000Z', name, payload: { yes: true } }) as const;

  it('for a signal ends with the signal, also with one that came before', async () => {
    const world = new World();
    await world.execution([approval], { history: { inbox: [signal('other', 's0'), signal('approve')] } }).execute();
    const output = { payload: { yes: true }, by: 'user', at: '2026-01-01T00:00:00.000Z' };
    expect(JSON.parse(world.last.outputJson ?? '')).toEqual(output);
    expect(world.last.readInbox).toEqual(['s1']);
  });

  it('for a signal is over when its time is up', async () => {
    const world = new World();
    expect(await world.execution([approval]).execute()).toBe('parked');
    expect(world.last.next).toMatchObject({ until: 1_500 });
    const history = { entries: [...world.last.entries], nextSeq: 2 };
    world.now = 1_500;
    await world.execution([approval], { history }).execute();
    expect(world.last.errorJson).toContain('TIMEOUT');
  });

  it('gives each signal to one step, and sees one that comes while another branch is at work', async () => {
    const world = new World();
    const steps = [parallel({ a: [approval], b: [{ ...approval, id: 'ok2' }], c: [call('slow')] })];
    const execution = world.execution(steps);
    world.perform = async () => {
      const outside = { jobs: new Map(), children: new Map() };
      execution.refresh({ ...outside, inbox: [signal('approve')] });
      // The same row is read again before its taking is durable.
      execution.refresh({ ...outside, inbox: [signal('approve')] });
      return 'done';
    };
    expect(await execution.execute()).toBe('parked');
    const completed = world.journal.flat().filter((line) => line.startsWith('completed all.ok'));
    expect(completed).toHaveLength(1);
  });

  it('for a run gives its output, or fails with what it failed with', async () => {
    const child: StepDefinition = {
      id: 'child',
      type: 'workflow.run',
      config: { workflow_id: '01890a5d-ac96-774b-bcce-b302099a8057', input: { n: '{{ input.n }}' } },
    };
    const world = new World();
    await world.execution([child]).execute();
    const [asked] = world.last.children;
    expect(asked).toMatchObject({ inputJson: '{"n":1}', depth: 1, isJoined: true });
    const ended = async (status: 'completed' | 'failed' | 'refused', error = null): Promise<void> => {
      const children = new Map([[asked?.id ?? '', { status, output: 'o', error }]]);
      const entries = [...(world.commits[0]?.entries ?? [])];
      await world.execution([child], { history: { entries, nextSeq: 2, children } }).execute();
    };
    await ended('completed');
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '"o"' });
    await ended('failed');
    expect(world.last.errorJson).toContain('CHILD_RUN_FAILED');
    await ended('refused');
    expect(world.last.errorJson).toContain('config.workflow_id');
  });

  it('is not for a detached run, and runs cannot start one another for ever', async () => {
    const child: StepDefinition = {
      id: 'child',
      type: 'workflow.run',
      config: { workflow_id: '01890a5d-ac96-774b-bcce-b302099a8057', mode: 'detached' },
    };
    const world = new World();
    await world.execution([child]).execute();
    const [asked] = world.commits.flatMap(({ children }) => children);
    expect(world.last).toMatchObject({ status: 'completed', outputJson: JSON.stringify({ run_id: asked?.id }) });
    await world.execution([child], { run: { depth: 32 } }).execute();
    expect(world.last.errorJson).toContain('LOOP_DETECTED');
  });
});
