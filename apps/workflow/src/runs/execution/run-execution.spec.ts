import type { JournalEntry } from '@app/contracts';
import type { StepDefinition } from '@app/definition';
import { describe, expect, it } from 'vitest';
import { World, claimed, post, pure, put, started } from '../../../../../test/workflow/run-world.js';
import { StepFailure } from '../../steps/steps.service.js';
import type { RunHistory } from '../store/run-history.js';

describe('RunExecution', () => {
  it('writes a run of pure steps in one commit', async () => {
    const world = new World();
    expect(await world.execution([pure('a'), pure('b', 'steps.a.output.n + 1')]).execute()).toBe('finished');
    expect(world.journal).toEqual([['completed a', 'completed b']]);
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '2', next: { kind: 'finish' }, seq: 1 });
  });

  it('commits an announcement, with everything before it, before the call is made', async () => {
    const world = new World();
    world.perform = async () => {
      expect(world.journal.at(-1)).toContain('started put');
      return 'done';
    };
    await world.execution([pure('a'), put, pure('b')]).execute();
    expect(world.journal).toEqual([
      ['completed a', 'started put'],
      ['completed put', 'completed b'],
    ]);
    expect(world.commits.map(({ status }) => status)).toEqual(['running', 'completed']);
  });

  it('skips a step whose condition is false', async () => {
    const world = new World();
    await world.execution([{ ...put, if: 'input.n > 5' }, pure('b', '"b"')]).execute();
    expect(world.journal).toEqual([['skipped put', 'completed b']]);
    expect(world.calls).toEqual([]);
  });

  it('shows nothing of a step that was skipped or jumped over', async () => {
    const world = new World();
    const seen = `{ 'skipped': $exists(steps.skipped.output), 'over': $exists(steps.over.output), 'put': steps.put.output.error.code }`;
    world.perform = async () => {
      throw new StepFailure({ code: 'HTTP_STATUS', message: 'no' }, { retryable: false, mayHaveHappened: false });
    };
    const skipped = { ...pure('skipped'), if: 'false' };
    await world.execution([skipped, { ...put, on_error: 'see' }, pure('over'), pure('see', seen)]).execute();
    expect(JSON.parse(world.last.outputJson ?? '')).toEqual({ skipped: false, over: false, put: 'HTTP_STATUS' });
  });

  it('parks for a delay, with the time fixed when it began, and goes on after it', async () => {
    const world = new World();
    const delay: StepDefinition = { id: 'd', type: 'delay', config: { for_ms: 500 } };
    expect(await world.execution([delay, pure('b')]).execute()).toBe('parked');
    expect(world.last).toMatchObject({ status: 'waiting', next: { kind: 'park', until: 1_500, inDoubt: false } });
    const entries = [...world.last.entries];
    world.now = 1_400;
    expect(await world.execution([delay, pure('b')], { history: { entries, nextSeq: 2 } }).execute()).toBe('parked');
    expect(world.last.next).toMatchObject({ until: 1_500 });
    world.now = 1_500;
    expect(await world.execution([delay, pure('b')], { history: { entries, nextSeq: 2 } }).execute()).toBe('finished');
    expect(world.journal.at(-1)).toEqual(['completed d', 'completed b']);
  });

  it('commits a job together with the wait for it, and collects its result', async () => {
    const world = new World();
    const mail: StepDefinition = {
      id: 'm',
      type: 'email.send',
      config: { to: 'a@example.com', subject: 's', text: 'n is {{ input.n }}' },
    };
    const run = claimed();
    await world.execution([mail], { run }).execute();
    const [job] = world.last.jobs;
    expect(job).toMatchObject({ type: 'email.send', path: 'm', payload: { to: ['a@example.com'], text: 'n is 1' } });
    expect(world.last.next).toEqual({ kind: 'park', until: null, inDoubt: false });
    const entries = [...world.last.entries];
    const id = job?.id ?? '';
    const jobs = (status: 'running' | 'succeeded'): RunHistory['jobs'] =>
      new Map([[id, { id, status, result: { success: true, data: { message_id: 'x' } } }]]);
    const history = { entries, nextSeq: 2 };
    expect(await world.execution([mail], { run, history: { ...history, jobs: jobs('running') } }).execute()).toBe(
      'parked',
    );
    await world.execution([mail], { run, history: { ...history, jobs: jobs('succeeded') } }).execute();
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '{"message_id":"x"}' });
  });

  describe('finding an announced call without an outcome', () => {
    it('sends a keyed one again when it is the same request', async () => {
      const world = new World();
      const history = { entries: [started('put', 'keyed')], nextSeq: 2 };
      expect(await world.execution([put], { history }).execute()).toBe('finished');
      expect(world.calls).toEqual(['put']);
      expect(world.journal).toEqual([['completed put']]);
    });

    it('knows that a call is repeated: found without an outcome, after one that may have happened, and not after a no', async () => {
      const repeated: boolean[] = [];
      const step = { ...put, retry: { max_attempts: 2, delay_ms: 500, backoff: 1 } };
      const ask = async (entries: JournalEntry[], mayHaveHappened?: boolean): Promise<JournalEntry[]> => {
        const world = new World();
        world.now = 10_000;
        world.perform = async (_call, { isRepeated }) => {
          repeated.push(isRepeated);
          if (mayHaveHappened === undefined) return 'done';
          throw new StepFailure({ code: 'TIMEOUT', message: 'late' }, { retryable: true, mayHaveHappened });
        };
        await world.execution([step], { history: { entries, nextSeq: entries.length + 1 } }).execute();
        return [...entries, ...world.commits.flatMap((commit) => commit.entries)];
      };
      const due = (entries: JournalEntry[]): JournalEntry[] =>
        entries.map((entry) => ('retry_at' in entry ? { ...entry, retry_at: 0 } : entry));
      await ask([started('put', 'keyed')]);
      await ask(due(await ask([], true)));
      await ask(due(await ask([], false)));
      await ask(due(await ask([started('put', 'keyed')], false)));
      expect(repeated).toEqual([true, false, true, false, false, true, true]);
    });

    it('sends nothing when the request would differ', async () => {
      const world = new World();
      world.hash = 'other';
      const history = { entries: [started('put', 'keyed')], nextSeq: 2 };
      expect(await world.execution([put], { history }).execute()).toBe('parked');
      expect(world.calls).toEqual([]);
      expect(world.journal).toEqual([['in_doubt put']]);
    });

    it('never repeats an unsafe one: it is in doubt and waits for a person', async () => {
      const world = new World();
      const history = { entries: [started('post', 'unsafe')], nextSeq: 2 };
      expect(await world.execution([post], { history }).execute()).toBe('parked');
      expect(world.calls).toEqual([]);
      expect(world.last).toMatchObject({ status: 'waiting', next: { kind: 'park', until: null, inDoubt: true } });
    });

    it.each(['put', 'post'])('takes what the process before saw of its own call (%s)', async (path) => {
      const world = new World();
      const seen: JournalEntry = { type: 'step.completed', path, at: 2, started_at: 1, attempt: 1, output: 'seen' };
      const history = {
        entries: [started(path, path === 'put' ? 'keyed' : 'unsafe')],
        nextSeq: 2,
        observed: new Map([[`${path}#1`, seen]]) as RunHistory['observed'],
      };
      await world.execution([path === 'put' ? put : post], { history }).execute();
      expect(world.calls).toEqual([]);
      expect(world.last).toMatchObject({ status: 'completed', outputJson: '"seen"' });
    });
  });

  it.each([
    [7_000, 'longer than its own pause', 7_000],
    [10, 'shorter than its own pause', 500],
  ])('comes back to a receiver after its Retry-After (%i ms, %s)', async (retryAfterMs, _which, pause) => {
    const world = new World();
    world.perform = async () => {
      throw new StepFailure(
        { code: 'HTTP_STATUS', message: 'answered 429' },
        { retryable: true, mayHaveHappened: false, retryAfterMs },
      );
    };
    const step = { ...put, retry: { max_attempts: 2, delay_ms: 500, backoff: 1 } };
    expect(await world.execution([step]).execute()).toBe('parked');
    expect(world.calls).toEqual(['put']);
    const [until, longest] = [world.now + pause, world.now + Math.max(600, pause)];
    const { next } = world.last;
    expect(next).toMatchObject({ kind: 'park', inDoubt: false });
    const at = next.kind === 'park' ? next.until : null;
    expect(at).toBeGreaterThanOrEqual(until);
    expect(at).toBeLessThanOrEqual(longest);
    // The next attempt starts then, and not before.
    const history = { entries: world.commits.flatMap(({ entries }) => [...entries]), nextSeq: 9 };
    const [early, due] = [new World(), new World()];
    early.now = until - 1;
    due.now = longest;
    expect(await early.execution([step], { history }).execute()).toBe('parked');
    expect(await due.execution([step], { history }).execute()).toBe('finished');
    expect([early.calls, due.calls]).toEqual([[], ['put']]);
  });

  describe('finding an announced call that can be verified', () => {
    const verified: StepDefinition = {
      ...post,
      probe: { request: { method: 'GET', url: 'http://x/1' }, expression: 'status = 200' },
    };
    const history = { entries: [started('post', 'verifiable')], nextSeq: 2 };

    it('takes it as done when the probe says so, and calls when it says no', async () => {
      const done = new World();
      await done.execution([verified], { history }).execute();
      expect(done.calls).toEqual([]);
      expect(done.last).toMatchObject({ status: 'completed', outputJson: '"probed"' });
      const missing = new World();
      missing.probe = async () => ({ happened: false, output: null });
      await missing.execution([verified], { history }).execute();
      expect(missing.calls).toEqual(['post']);
      expect(missing.last).toMatchObject({ status: 'completed', outputJson: '"post"' });
    });

    it('is in doubt when the probe cannot tell', async () => {
      const world = new World();
      world.probe = async () => {
        throw new StepFailure(
          { code: 'HTTP_UNREACHABLE', message: 'away' },
          { retryable: true, mayHaveHappened: false },
        );
      };
      expect(await world.execution([verified], { history }).execute()).toBe('parked');
      expect(world.calls).toEqual([]);
      expect(world.journal).toEqual([['in_doubt post']]);
    });

    it('asks at once when the call breaks', async () => {
      const world = new World();
      world.perform = async () => {
        throw new StepFailure(
          { code: 'HTTP_INTERRUPTED', message: 'broke' },
          { retryable: true, mayHaveHappened: true },
        );
      };
      await world.execution([verified]).execute();
      expect(world.last).toMatchObject({ status: 'completed', outputJson: '"probed"' });
    });
  });

  describe('a step in doubt', () => {
    const entries: JournalEntry[] = [
      started('post', 'unsafe'),
      { type: 'step.in_doubt', path: 'post', at: 2, attempt: 1, reason: 'lost' },
    ];
    const history = (more: Partial<RunHistory> = {}): { history: Partial<RunHistory> } => ({
      history: { entries, nextSeq: 3, ...more },
    });

    it.each([
      ['succeeded', 'completed', '"o"', 0],
      ['failed', 'failed', 'null', 0],
      ['retry', 'completed', '"post"', 1],
    ] as const)('resolved as %s by a person', async (outcome, status, outputJson, calls) => {
      const world = new World();
      const inbox = [
        { kind: 'resolution' as const, id: 'i1', by: 'user', path: 'post', attempt: 1, outcome, output: 'o' },
      ];
      await world.execution([post], history({ inbox })).execute();
      expect(world.last).toMatchObject({ status, outputJson });
      expect(world.commits.flatMap(({ readInbox }) => readInbox)).toEqual(['i1']);
      expect(world.calls).toHaveLength(calls);
    });

    it('is not settled by an answer that was meant for an earlier attempt', async () => {
      const world = new World();
      const inbox = [
        { kind: 'resolution' as const, id: 'i1', by: 'user', path: 'post', attempt: 0, outcome: 'succeeded' as const },
      ];
      expect(await world.execution([post], history({ inbox })).execute()).toBe('parked');
    });

    it('is settled by a late observation before anybody is asked', async () => {
      const world = new World();
      const seen: JournalEntry = {
        type: 'step.completed',
        path: 'post',
        at: 2,
        started_at: 1,
        attempt: 1,
        output: 'late',
      };
      const observed = new Map([['post#1', seen]]) as RunHistory['observed'];
      await world.execution([post], history({ observed })).execute();
      expect(world.last).toMatchObject({ status: 'completed', outputJson: '"late"' });
    });

    it('fails when it says so, and tries again a bounded number of times when it says that', async () => {
      const failing = new World();
      await failing.execution([{ ...post, on_in_doubt: 'fail' }], history()).execute();
      expect(failing.last).toMatchObject({ status: 'failed' });
      expect(failing.last.errorJson).toContain('IN_DOUBT');
      const trying = new World();
      trying.perform = async () => {
        throw new StepFailure(
          { code: 'HTTP_INTERRUPTED', message: 'broke' },
          { retryable: true, mayHaveHappened: true },
        );
      };
      expect(await trying.execution([{ ...post, on_in_doubt: 'retry' }], history()).execute()).toBe('parked');
      expect(trying.calls).toHaveLength(2);
      expect(trying.last.next).toMatchObject({ inDoubt: true });
    });
  });

  it('puts an unsafe call in doubt that broke in the middle, and fails one that certainly did not happen', async () => {
    const failWith = async (mayHaveHappened: boolean): Promise<World> => {
      const world = new World();
      world.perform = async () => {
        throw new StepFailure({ code: 'HTTP_INTERRUPTED', message: 'broke' }, { retryable: true, mayHaveHappened });
      };
      await world.execution([post]).execute();
      return world;
    };
    expect((await failWith(true)).journal.at(-1)).toEqual(['in_doubt post']);
    expect((await failWith(false)).last).toMatchObject({ status: 'failed' });
  });

  it('cancels: aborts the call, runs nothing after it, and shows an unsafe call as in doubt', async () => {
    for (const [step, entry] of [
      [put, 'cancelled put'],
      [post, 'in_doubt post'],
    ] as const) {
      const world = new World();
      const execution = world.execution([step, pure('after')]);
      world.perform = async (_call, { signal }) => {
        execution.cancel();
        expect(signal.aborted).toBe(true);
        throw new StepFailure({ code: 'CANCELLED', message: 'stopped' }, { retryable: true, mayHaveHappened: true });
      };
      expect(await execution.execute()).toBe('finished');
      expect(world.journal.at(-1)).toEqual([entry]);
      expect(world.last).toMatchObject({ status: 'cancelled', next: { kind: 'finish' } });
    }
  });

  it('has no doubt about an unsafe call that was stopped before anything of it was sent', async () => {
    const world = new World();
    const execution = world.execution([post]);
    world.perform = async () => {
      execution.cancel();
      throw new StepFailure({ code: 'CANCELLED', message: 'stopped' }, { retryable: true, mayHaveHappened: false });
    };
    expect(await execution.execute()).toBe('finished');
    expect(world.journal.flat()).toEqual(['started post', 'failed post', 'cancelled post']);
    expect(world.last).toMatchObject({ status: 'cancelled' });
  });

  it('cancels a run that nobody was executing', async () => {
    const world = new World();
    const execution = world.execution([pure('a')], { run: { cancelRequested: true } });
    expect(await execution.execute()).toBe('finished');
    expect(world.last).toMatchObject({ status: 'cancelled', entries: [] });
  });

  it('tells which job a cancelled run no longer wants', async () => {
    const world = new World();
    const mail: StepDefinition = {
      id: 'm',
      type: 'email.send',
      config: { to: 'a@example.com', subject: 's', text: 't' },
    };
    await world.execution([mail]).execute();
    const entries = [...world.last.entries];
    const jobId = world.last.jobs[0]?.id;
    await world.execution([mail], { history: { entries, nextSeq: 2 }, run: { cancelRequested: true } }).execute();
    expect(world.last).toMatchObject({ status: 'cancelled', unwanted: { jobs: [jobId] } });
  });

  it('is handed back between two steps when the process is about to end', async () => {
    const world = new World();
    const execution = world.execution([put, pure('b')]);
    world.perform = async () => {
      execution.handBack();
      return 'done';
    };
    expect(await execution.execute()).toBe('handed_back');
    expect(world.journal.at(-1)).toEqual(['completed put']);
    expect(world.last.next).toEqual({ kind: 'park', until: 1_000, inDoubt: false });
  });

  it.each([
    ['U+0000', '"a\\u0000"'],
    ['half a surrogate pair', '"\\ud800"'],
  ])('fails a step whose output holds %s', async (_what, expression) => {
    const world = new World();
    await world.execution([pure('a', expression)]).execute();
    expect(world.last.errorJson).toContain('OUTPUT_INVALID');
  });

  it('fails a step whose resolved config is not valid, naming the field', async () => {
    const world = new World();
    const delay: StepDefinition = { id: 'd', type: 'delay', config: { for_ms: '{{ input.text }}' } };
    await world.execution([delay], { run: { input: { text: 'soon' } } }).execute();
    expect(world.last.errorJson).toMatch(/CONFIG_INVALID.*config\.for_ms/);
  });
});
