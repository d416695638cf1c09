import type { JournalEntry } from '@app/contracts';
import { seededRandom, type StepDefinition } from '@app/definition';
import { sized } from '@app/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalSteps } from '../../apps/gateway/src/runs/retry/equal-steps.js';
import { journalCopy } from '../../apps/gateway/src/runs/retry/journal-copy.js';
import { StepFailure } from '../../apps/workflow/src/steps/steps.service.js';
import { pure, put, World } from './run-world.js';
import { definitionOf, refusal, shapes } from './shapes.js';

/** Executes a definition to its end, going on from a journal, and says what that came to. */
async function run(
  steps: StepDefinition[],
  {
    from = [],
    fails = () => false,
    order = '',
  }: { from?: JournalEntry[]; fails?: (path: string) => boolean; order?: string },
) {
  const world = new World();
  const random = seededRandom(order);
  const refused = refusedIds(steps);
  world.perform = async (_call, { path }) => {
    for (let turns = Math.floor(random() * 20); turns > 0; turns -= 1) await Promise.resolve();
    const isRefused = refused.has(path.split('.').at(-1) ?? '');
    if (!isRefused && !fails(path)) return 'called';
    throw new StepFailure({ ...refusal }, { retryable: false, mayHaveHappened: false });
  };
  const entries = structuredClone(from);
  for (let turn = 0; turn < 200; turn += 1) {
    const written = world.commits.length;
    const history = { entries: [...entries], nextSeq: 1 + turn + (from.length > 0 ? 1 : 0) };
    const end = await world.execution(steps, { history }).execute();
    const added = world.commits.slice(written).flatMap((commit) => commit.entries);
    entries.push(...(JSON.parse(JSON.stringify(added)) as JournalEntry[]));
    if (end === 'finished') break;
    world.now += 10;
  }
  return { world, entries, status: world.last.status, output: JSON.parse(world.last.outputJson ?? 'null') as unknown };
}

function refusedIds(steps: readonly StepDefinition[]): Set<string> {
  const ids = new Set<string>();
  JSON.stringify(steps, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && Reflect.get(value, 'on_error') === 'continue') {
      ids.add(String(Reflect.get(value, 'id')));
    }
    return value;
  });
  return ids;
}

/** An output without what says which run it is of, and when an event of it was sent. */
const plain = (output: unknown): unknown =>
  JSON.parse(JSON.stringify(output), (key, value: unknown) => (key === 'id' || key === 'time' ? undefined : value));

const callsDone = (entries: readonly JournalEntry[]): string[] =>
  entries.filter(({ type }) => type === 'step.started').map(({ path }) => path);

describe('a journal that is copied for a retry', () => {
  it('is folded by the engine, which does what was not done, and nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), fc.string(), async (list, which, order) => {
        const steps = definitionOf(list);
        const whole = await run(steps, { order });
        const refused = refusedIds(steps);
        const calls = whole.world.calls.filter((path) => !refused.has(path.split('.').at(-1) ?? ''));
        fc.pre(calls.length > 0);
        const culprit = calls[which % calls.length];
        const failed = await run(steps, { fails: (path) => path === culprit, order });
        expect(failed.status).toBe('failed');
        const copy = journalCopy(failed.entries, equalSteps(steps, steps), 5_000);
        const again = await run(steps, { from: copy, order: `${order}!` });
        expect(again.status).toBe('completed');
        expect(plain(again.output)).toEqual(plain(whole.output));
        expect(again.world.calls).toContain(culprit);
        const done = new Set(callsDone(copy));
        expect(again.world.calls.filter((path) => done.has(path))).toEqual([]);
      }),
      { seed: 7, numRuns: sized({ ci: 50, full: 5_000 }) },
    );
  }, 60_000);

  const call = (id: string, more: Partial<StepDefinition> = {}): StepDefinition => ({ ...put, id, ...more });

  it('keeps what other branches had begun before and did after', async () => {
    const branches = { left: [call('a'), call('b')], right: [call('c')] };
    const steps = [
      call('first'),
      { id: 'all', type: 'parallel', config: { branches, fail_fast: false } },
      call('last'),
    ];
    const { entries } = await run(steps, { fails: (path) => path === 'all.c' });
    const copy = journalCopy(entries, equalSteps(steps, steps), 5_000);
    expect(callsDone(copy)).toEqual(expect.arrayContaining(['first', 'all.a']));
    expect(callsDone(copy)).not.toContain('all.c');
    expect(copy.find(({ type }) => type === 'step.entered')?.at).toBe(5_000);
    const again = await run(steps, { from: copy });
    expect([...callsDone(copy), ...again.world.calls].toSorted()).toEqual(['all.a', 'all.b', 'all.c', 'first', 'last']);
  });

  it('has a doubt that was settled when the run was over, and what the call is known to have done is not done again', async () => {
    const branches = { left: [call('a'), call('b')], right: [call('c')] };
    const steps = [{ id: 'all', type: 'parallel', config: { branches } }, call('last')];
    const { entries } = await run(steps, { fails: (path) => path === 'all.c' });
    const stopped: JournalEntry[] = [
      { type: 'step.entered', path: 'all', at: 0, branch: null },
      { type: 'step.started', path: 'all.a', at: 1, attempt: 1, effect: 'unsafe' },
      ...entries.filter(({ type, path }) => path === 'all.c' && type !== 'step.entered'),
      { type: 'step.in_doubt', path: 'all.a', at: 2, attempt: 1, reason: 'stopped' },
      {
        type: 'step.failed',
        path: 'all',
        at: 2,
        attempt: 1,
        started_at: 0,
        error: { code: 'HTTP_STATUS', message: 'no' },
      },
      { type: 'step.resolved', path: 'all.a', at: 9, outcome: 'succeeded', output: 'known', by: 'a person' },
    ];
    const again = await run(steps, { from: journalCopy(stopped, equalSteps(steps, steps), 5_000) });
    expect(again.status).toBe('completed');
    expect(again.world.calls.toSorted()).toEqual(['all.b', 'all.c', 'last']);
  });

  it.each([
    ['the same', (steps: StepDefinition[]) => steps, ['c']],
    ['another name', ([a, ...rest]: StepDefinition[]) => [{ ...call('a'), ...a, name: 'New' }, ...rest], ['c']],
    ['a changed step', ([a, , c]: StepDefinition[]) => [a, call('b', { timeout_ms: 5 }), c], ['b', 'c']],
    ['a new step in front', (steps: StepDefinition[]) => [pure('new'), ...steps], ['a', 'b', 'c']],
    ['a new step in between', ([a, ...rest]: StepDefinition[]) => [a, call('new'), ...rest], ['new', 'b', 'c']],
    ['a step less', ([, ...rest]: StepDefinition[]) => rest, ['b', 'c']],
    ['a new step at the end', (steps: StepDefinition[]) => [...steps, call('d')], ['c', 'd']],
  ] as [string, (steps: StepDefinition[]) => StepDefinition[], string[]][])(
    'begins at the first step that differs in a version with %s',
    async (_, change, calls) => {
      const steps = [call('a'), call('b'), call('c')];
      const { entries } = await run(steps, { fails: (path) => path === 'c' });
      const latest = change(steps);
      const again = await run(latest, { from: journalCopy(entries, equalSteps(steps, latest), 5_000) });
      expect(again.world.calls).toEqual(calls);
      expect(again.status).toBe('completed');
    },
  );

  it('enters a container again whose steps differ further in', async () => {
    const each = (...inside: StepDefinition[]): StepDefinition => ({
      id: 'each',
      type: 'foreach',
      config: { items: '[1..2]', steps: inside },
    });
    const steps = [each(call('a'), call('b')), call('z')];
    const latest = [each(call('a'), call('b', { timeout_ms: 5 })), call('z')];
    const { entries } = await run(steps, { fails: (path) => path === 'z' });
    const again = await run(latest, { from: journalCopy(entries, equalSteps(steps, latest), 5_000) });
    expect(again.world.calls).toEqual(['each[0].b', 'each[1].a', 'each[1].b', 'z']);
    expect(again.status).toBe('completed');
  });
});
