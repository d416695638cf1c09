import type { JournalEntry } from '@app/contracts';
import { compileDefinition, type StepDefinition } from '@app/definition';
import { describe, expect, it } from 'vitest';
import {
  apply,
  CorruptJournalError,
  decide,
  failureEntry,
  halt,
  newRunState,
  plainView,
  type RunState,
} from './index.js';

const pure = (id: string, more: Partial<StepDefinition> = {}): StepDefinition => ({
  id,
  type: 'transform',
  config: { expression: 'input' },
  ...more,
});
const post: StepDefinition = { id: 'post', type: 'http.request', config: { method: 'POST', url: 'http://x' } };
const route = (cases: StepDefinition[], otherwise?: StepDefinition[]): StepDefinition => ({
  id: 'route',
  type: 'switch',
  config: { cases: [{ if: 'true', steps: cases }], ...(otherwise === undefined ? {} : { else: otherwise }) },
});

const run = (...steps: StepDefinition[]): RunState => newRunState(compileDefinition(steps));
const done = (path: string, output: unknown = null, at = 1): JournalEntry => ({
  type: 'step.completed',
  path,
  at,
  started_at: at,
  attempt: 1,
  output,
});
const fold = (state: RunState, ...entries: JournalEntry[]): RunState => {
  for (const entry of entries) apply(state, entry);
  return state;
};
const starts = (state: RunState, now = 1): string[] => {
  const decision = decide(state, now);
  return decision.kind === 'act'
    ? decision.actions.map((action) => `${action.do} ${'path' in action ? action.path : ''}`.trim())
    : [];
};

describe('the engine', () => {
  it('runs one step after the other and ends with the output of the last', () => {
    const state = run(pure('a'), pure('b'));
    expect(starts(state)).toEqual(['start a']);
    expect(starts(fold(state, done('a', 1)))).toEqual(['start b']);
    expect(decide(fold(state, done('b', 2)), 1)).toEqual({
      kind: 'finish',
      outcome: { status: 'completed', output: 2, error: null },
    });
  });

  it('goes on where the journal ends: folding it is the same as having run', () => {
    const entries = [done('a', 1), { type: 'step.skipped', path: 'b', at: 1 } as const];
    expect(starts(fold(run(pure('a'), pure('b'), pure('c')), ...entries))).toEqual(['start c']);
  });

  it('enters the chosen list, shows it to nobody outside, and gives on its last output', () => {
    const state = run(route([pure('in')]), pure('after'));
    fold(state, { type: 'step.entered', path: 'route', at: 1, branch: 'cases[0]' });
    expect(starts(state)).toEqual(['start route.in']);
    fold(state, done('route.in', 'x'));
    const decision = decide(state, 5);
    expect(decision).toEqual({
      kind: 'act',
      actions: [
        {
          do: 'record',
          entry: { type: 'step.completed', path: 'route', at: 5, attempt: 1, started_at: 1, output: 'x' },
        },
      ],
    });
    fold(state, done('route', 'x'));
    expect(state.lists.get('')?.visible).toEqual({ route: { output: 'x' } });
    expect(starts(state)).toEqual(['start after']);
  });

  it('completes a switch that took no list', () => {
    const state = fold(run(route([pure('in')])), { type: 'step.entered', path: 'route', at: 1, branch: null });
    expect(decide(state, 2)).toMatchObject({
      kind: 'act',
      actions: [{ do: 'record', entry: { type: 'step.completed', output: null } }],
    });
  });

  it('fails a container with the failure of a step inside, and obeys its on_error', () => {
    const state = run({ ...route([pure('in')]), on_error: 'continue' }, pure('after'));
    fold(state, { type: 'step.entered', path: 'route', at: 1, branch: 'cases[0]' });
    const error = { code: 'HTTP_STATUS', message: 'no', step_id: 'in' } as const;
    fold(state, { type: 'step.failed', path: 'route.in', at: 1, started_at: 1, attempt: 1, error });
    const decision = decide(state, 2);
    expect(decision).toMatchObject({
      kind: 'act',
      actions: [{ entry: { path: 'route', type: 'step.failed', handled: true, error } }],
    });
    if (decision.kind === 'act' && decision.actions[0]?.do === 'record') apply(state, decision.actions[0].entry);
    expect(starts(state)).toEqual(['start after']);
    expect(state.lists.get('')?.visible['route']).toEqual({ output: { error } });
  });

  describe('a failed attempt', () => {
    const error = { code: 'HTTP_STATUS', message: 'answered 500' } as const;
    const failed = (step: StepDefinition, attempt: number, now = 1_000): JournalEntry => {
      const [compiled] = compileDefinition([step]).steps;
      if (compiled === undefined) throw new Error('no step');
      return failureEntry(
        { path: step.id, step: compiled, attempt, startedAt: 900 },
        { error, retryable: true },
        now,
        'run/x',
      );
    };

    it('is tried again after a growing pause with jitter, until the attempts are used up', () => {
      const step = pure('a', { retry: { max_attempts: 4, delay_ms: 100, backoff: 10, max_delay_ms: 5_000 } });
      const pauses = [1, 2, 3].map((attempt) => {
        const entry = failed(step, attempt);
        return entry.type === 'step.failed' ? (entry.retry_at ?? 0) - 1_000 : 0;
      });
      expect(pauses[0]).toBeGreaterThanOrEqual(100);
      expect(pauses[0]).toBeLessThanOrEqual(120);
      expect(pauses[1]).toBeGreaterThanOrEqual(1_000);
      expect(pauses[2]).toBeGreaterThanOrEqual(5_000);
      expect(pauses[2]).toBeLessThanOrEqual(6_000);
      expect(failed(step, 4)).not.toHaveProperty('retry_at');
      expect(failed(step, 2)).toEqual(failed(step, 2));
    });

    it('waits, then starts the next attempt', () => {
      const step = pure('a', { retry: { max_attempts: 2, delay_ms: 100, backoff: 1 } });
      const entry = failed(step, 1);
      const state = fold(run(step), entry);
      const retryAt = entry.type === 'step.failed' ? (entry.retry_at ?? 0) : 0;
      expect(decide(state, retryAt - 1)).toEqual({ kind: 'wait', until: retryAt });
      expect(decide(state, retryAt)).toMatchObject({ kind: 'act', actions: [{ do: 'start', path: 'a', attempt: 2 }] });
    });

    it('fails the run, goes on with the error as output, or jumps', () => {
      const fail = run(pure('a'), pure('b'));
      expect(decide(fold(fail, failed(pure('a'), 1)), 1)).toMatchObject({
        kind: 'finish',
        outcome: { status: 'failed', error: { code: 'HTTP_STATUS', step_id: 'a' } },
      });
      const goOn = pure('a', { on_error: 'continue' });
      expect(starts(fold(run(goOn, pure('b')), failed(goOn, 1)))).toEqual(['start b']);
      const jump = pure('a', { on_error: 'c' });
      const state = fold(run(jump, pure('b'), pure('c')), failed(jump, 1));
      expect(starts(state)).toEqual(['start c']);
      expect(Object.keys(state.lists.get('')?.visible ?? {})).toEqual(['a']);
    });
  });

  it('asks to find out about an effect that was announced and not finished', () => {
    const state = fold(run(post), { type: 'step.started', path: 'post', at: 1, attempt: 1, effect: 'unsafe' });
    expect(starts(state)).toEqual(['recover']);
    expect(decide(state, 1, { ...plainView, underWay: new Set(['post']) })).toEqual({ kind: 'wait', until: null });
  });

  it('keeps a step in doubt until it is resolved, and then follows the resolution', () => {
    const doubt: JournalEntry[] = [
      { type: 'step.started', path: 'post', at: 1, attempt: 1, effect: 'unsafe' },
      { type: 'step.in_doubt', path: 'post', at: 2, attempt: 1, reason: 'lost' },
    ];
    const resolved = (outcome: 'succeeded' | 'retry' | 'failed'): RunState =>
      fold(run(post), ...doubt, { type: 'step.resolved', path: 'post', at: 3, outcome, by: 'u', output: 'o' });
    expect(decide(fold(run(post), ...doubt), 3, { ...plainView, held: new Set(['post']) })).toEqual({
      kind: 'wait',
      until: null,
    });
    expect(decide(resolved('succeeded'), 3)).toMatchObject({
      kind: 'finish',
      outcome: { status: 'completed', output: 'o' },
    });
    expect(decide(resolved('retry'), 3)).toMatchObject({ kind: 'act', actions: [{ do: 'start', attempt: 2 }] });
    expect(decide(resolved('failed'), 3)).toMatchObject({
      kind: 'finish',
      outcome: { error: { code: 'RESOLVED_AS_FAILED' } },
    });
  });

  it('waits for a timer and then goes on by itself', () => {
    const delay: StepDefinition = { id: 'd', type: 'delay', config: { for_ms: 5 } };
    const state = fold(run(delay), { type: 'step.waiting', path: 'd', at: 1, attempt: 1, until: 6 });
    expect(decide(state, 5)).toEqual({ kind: 'wait', until: 6 });
    expect(decide(state, 6)).toMatchObject({
      kind: 'act',
      actions: [{ do: 'record', entry: { type: 'step.completed' } }],
    });
  });

  it('does not end a loop for its time while somebody asks whether there is another iteration', () => {
    const loop: StepDefinition = {
      id: 'loop',
      type: 'repeat',
      timeout_ms: 10,
      config: { max_iterations: 3, until: 'index = 2', steps: [pure('x')] },
    };
    const state = fold(run(loop), { type: 'step.entered', path: 'loop', at: 1, branch: null }, done('loop[0].x'));
    expect(starts(state, 5)).toEqual(['iterate']);
    const asking = { ...plainView, underWay: new Set(['loop']) };
    expect(decide(state, 50, asking)).toMatchObject({ kind: 'wait' });
    fold(state, { type: 'step.iterated', path: 'loop', at: 50, iteration: 0 });
    expect(decide(state, 50)).toMatchObject({
      kind: 'act',
      actions: [{ do: 'record', entry: { type: 'step.failed', path: 'loop', error: { code: 'TIMEOUT' } } }],
    });
  });

  it('cancels what waits and leaves an unsafe call in doubt', () => {
    const state = fold(run(post), { type: 'step.started', path: 'post', at: 1, attempt: 1, effect: 'unsafe' });
    expect(halt(state, '', new Set(), 2, 'The run was cancelled').entries).toEqual([
      expect.objectContaining({ type: 'step.in_doubt', path: 'post' }),
    ]);
    const waiting = fold(run(pure('a')), { type: 'step.waiting', path: 'a', at: 1, attempt: 1, until: 9 });
    expect(halt(waiting, '', new Set(), 2, '').entries).toEqual([{ type: 'step.cancelled', path: 'a', at: 2 }]);
  });

  it.each<[string, JournalEntry[]]>([
    ['a step that is not at its turn', [done('b')]],
    ['a step that is already over', [done('a'), done('a')]],
    ['a list that does not exist', [done('x.y')]],
    ['a resolution without a doubt', [{ type: 'step.resolved', path: 'a', at: 1, outcome: 'retry', by: 'u' }]],
  ])('refuses a journal with %s', (_what, entries) => {
    expect(() => fold(run(pure('a'), pure('b')), ...entries)).toThrow(CorruptJournalError);
  });
});
