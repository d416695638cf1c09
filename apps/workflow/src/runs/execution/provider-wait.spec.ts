import type { StepDefinition } from '@app/definition';
import { describe, expect, it } from 'vitest';
import { World, post, pure, put, started } from '../../../../../test/workflow/run-world.js';
import { StepFailure } from '../../steps/steps.service.js';

const retry = { max_attempts: 2, delay_ms: 10, backoff: 1 };
const verifiable: StepDefinition = {
  ...post,
  probe: { request: { method: 'GET', url: 'http://x/1' }, expression: 'true' },
};

/** When a run that waits goes on: with what its provider asked for, and as long again at most. */
async function parkedUntil(world: World, ms: number): Promise<number> {
  const { next } = world.last;
  if (next.kind !== 'park' || next.until === null) throw new Error('it is not parked until a time');
  expect(next.until).toBeGreaterThanOrEqual(world.now + ms);
  expect(next.until).toBeLessThanOrEqual(world.now + 2 * ms);
  return next.until;
}

describe('a call whose provider wants none at the moment', () => {
  it('is not announced and not made; the run is parked, and then makes it as the first attempt', async () => {
    const world = new World();
    world.waitMs = 1_000;
    const steps = [pure('a'), { ...put, retry }, pure('b')];
    const execution = world.execution(steps);
    expect(await execution.execute()).toBe('parked');
    expect(world.calls).toEqual([]);
    expect(world.last.entries).toMatchObject([
      { type: 'step.completed', path: 'a' },
      {
        type: 'step.failed',
        path: 'put',
        attempt: 0,
        input: { shown: true },
        error: {
          code: 'PROVIDER_PAUSED',
          message: expect.stringMatching(/^https:\/\/x asked .* until 1970-01-01T00:00:02/),
        },
      },
    ]);
    const until = await parkedUntil(world, 1_000);
    const { run } = execution;
    const history = { entries: [...world.last.entries], nextSeq: 2 };

    world.now = until - 1;
    world.waitMs = 0;
    expect(await world.execution(steps, { run, history }).execute()).toBe('parked');
    expect(world.calls).toEqual([]);
    world.now = until;
    // What this attempt comes to is the first failure: both attempts are still there.
    world.perform = async () => {
      throw new StepFailure({ code: 'HTTP_STATUS', message: '500' }, { retryable: true, mayHaveHappened: false });
    };
    expect(await world.execution(steps, { run, history }).execute()).toBe('parked');
    expect(world.last.entries.at(-1)).toMatchObject({ type: 'step.failed', attempt: 1, retry_at: expect.any(Number) });
  });

  it('waits again when it has been asked for again, as often as that is', async () => {
    const world = new World();
    world.waitMs = 100;
    const execution = world.execution([put]);
    await execution.execute();
    const history = { entries: [...world.last.entries], nextSeq: 2 };
    world.now = await parkedUntil(world, 100);
    expect(await world.execution([put], { run: execution.run, history }).execute()).toBe('parked');
    expect(world.last.entries).toMatchObject([{ type: 'step.failed', attempt: 0 }]);
    await parkedUntil(world, 100);
  });

  it('is not made when others were answered so while it was announced', async () => {
    const world = new World();
    world.beforeCommit = () => (world.waitMs = 500);
    expect(await world.execution([post]).execute()).toBe('parked');
    expect(world.calls).toEqual([]);
    expect(world.journal).toEqual([['started post'], ['failed post']]);
    expect(world.last.entries).toMatchObject([{ attempt: 0, error: { code: 'PROVIDER_PAUSED' } }]);
  });

  it('lets the other branches of the run go on', async () => {
    const world = new World();
    world.waitMs = 300;
    const branches = { calls: [put], computes: [pure('b')] };
    expect(await world.execution([{ id: 'all', type: 'parallel', config: { branches } }]).execute()).toBe('parked');
    expect(world.journal.flat()).toContain('completed all.b');
    await parkedUntil(world, 300);
  });

  it('is given up with the run: cancelled, or when the time of the run is up', async () => {
    const world = new World();
    world.waitMs = 1_000;
    const execution = world.execution([put], { config: { timeout_ms: 600 } });
    await execution.execute();
    // Accepted at 800 ms.
    expect(world.last.next).toMatchObject({ kind: 'park', until: 1_400 });
    const history = { entries: [...world.last.entries], nextSeq: 2 };
    const run = { ...execution.run, cancelRequested: true };
    expect(await world.execution([put], { run, history }).execute()).toBe('finished');
    expect(world.last).toMatchObject({ status: 'cancelled', entries: [{ type: 'step.cancelled', path: 'put' }] });
    world.now = 1_400;
    const late = world.execution([put], { run: execution.run, history, config: { timeout_ms: 600 } });
    expect(await late.execute()).toBe('finished');
    expect(world.last).toMatchObject({ status: 'failed', entries: [{ type: 'step.cancelled', path: 'put' }] });
    expect(world.calls).toEqual([]);
  });

  it.each([
    ['sent again', put, 'keyed'],
    ['asked about', verifiable, 'verifiable'],
  ] as const)('is not %s after a crash, and stays what it is', async (_what, step, effect) => {
    const world = new World();
    world.waitMs = 1_000;
    let probes = 0;
    world.probe = async () => ({ happened: (probes += 1) < 1, output: null });
    const history = { entries: [started(step.id, effect)], nextSeq: 2 };
    const execution = world.execution([step], { history });
    expect(await execution.execute()).toBe('parked');
    expect(world.last.entries).toEqual([]);
    expect([world.calls, probes]).toEqual([[], 0]);
    world.now = await parkedUntil(world, 1_000);
    world.waitMs = 0;
    expect(await world.execution([step], { run: execution.run, history }).execute()).toBe('finished');
    expect(world.calls).toEqual([step.id]);
    expect(probes).toBe(effect === 'verifiable' ? 1 : 0);
  });

  it('is in doubt all the same when it may not be repeated', async () => {
    const world = new World();
    world.waitMs = 1_000;
    const history = { entries: [started('post', 'unsafe')], nextSeq: 2 };
    await world.execution([post], { history }).execute();
    expect(world.journal).toEqual([['in_doubt post']]);
  });

  it('does not go on in the same moment as others that wait for the same provider', async () => {
    const ends = new Set<number>();
    for (let n = 0; n < 10; n += 1) {
      const world = new World();
      world.waitMs = 60_000;
      await world.execution([put]).execute();
      const { next } = world.last;
      if (next.kind === 'park') ends.add(next.until ?? 0);
    }
    expect(ends.size).toBe(10);
    expect(Math.max(...ends)).toBeLessThanOrEqual(1_000 + 60_000 + 30_000);
  });
});

describe('a call of an integration whose limit is used up', () => {
  const limited = { ms: 300, provider: 'https://x', spreadMs: 20 };

  it('is not announced; the run is parked until its own turn', async () => {
    const world = new World();
    world.limitWaits.push(limited);
    expect(await world.execution([put]).execute()).toBe('parked');
    expect(world.calls).toEqual([]);
    expect(world.last.entries).toMatchObject([
      {
        type: 'step.failed',
        attempt: 0,
        error: { code: 'ACCOUNT_LIMITED', message: expect.stringContaining('https://x') },
      },
    ]);
    const { next } = world.last;
    const until = next.kind === 'park' ? next.until : null;
    expect(until).toBeGreaterThanOrEqual(world.now + 300);
    expect(until).toBeLessThanOrEqual(world.now + 321);
  });

  it('found unfinished, stays as it is until its turn when nobody can be asked about it', async () => {
    const world = new World();
    world.limitWaits.push(limited);
    const history = { entries: [started('put', 'keyed')], nextSeq: 1 };
    expect(await world.execution([put], { history }).execute()).toBe('parked');
    expect([world.calls, world.commits.flatMap(({ entries }) => entries)]).toEqual([[], []]);
  });

  it('found unfinished, is not asked about twice when it has not happened', async () => {
    const world = new World();
    let probes = 0;
    world.probe = async () => ((probes += 1), { happened: false, output: null });
    world.limitWaits.push(limited);
    const history = { entries: [started('post', 'verifiable')], nextSeq: 1 };
    const execution = world.execution([verifiable], { history });
    expect(await execution.execute()).toBe('parked');
    expect(world.last.entries).toMatchObject([{ type: 'step.failed', attempt: 0, error: { code: 'ACCOUNT_LIMITED' } }]);
    world.now += 400;
    const entries = [...history.entries, ...world.last.entries];
    expect(
      await world.execution([verifiable], { run: execution.run, history: { entries, nextSeq: 2 } }).execute(),
    ).toBe('finished');
    expect([probes, world.calls]).toEqual([1, ['post']]);
  });

  it('found unfinished, is not asked about before that is possible', async () => {
    const world = new World();
    world.probe = async () => limited;
    const history = { entries: [started('post', 'verifiable')], nextSeq: 1 };
    expect(await world.execution([verifiable], { history }).execute()).toBe('parked');
    expect([world.calls, world.commits.flatMap(({ entries }) => entries)]).toEqual([[], []]);
  });
});
