import type { JournalEntry } from '@app/contracts';
import type { StepDefinition } from '@app/definition';
import { StepFailure } from '../../steps/steps.service.js';
import { describe, expect, it } from 'vitest';
import { post, pure, started, World } from '../../../../../test/workflow/run-world.js';

const inside: StepDefinition = {
  ...post,
  if: `item = 'b' and steps.first.output = 1`,
};
const steps: StepDefinition[] = [
  pure('first'),
  { id: 'each', type: 'foreach', config: { items: '["a", "b"]', steps: [inside, pure('after')] } },
  pure('last', `{'first': steps.first.output, 'each': steps.each.output, 'n': input.n}`),
];
const pinned = (path: string, more: Partial<JournalEntry & { type: 'step.pinned' }> = {}): JournalEntry => ({
  type: 'step.pinned',
  path,
  at: 1,
  outputs: {},
  turns: [],
  ...more,
});
/** A run that tests a step, as whoever claims it finds it. */
const testOf = (world: World, ...entries: JournalEntry[]) =>
  world.execution(steps, {
    history: { entries, nextSeq: entries.length + 1 },
    run: { epoch: 2, trigger: { type: 'test', step: 'x' } },
    config: { on_failure: { mail: true } },
  });

describe('the test of one step', () => {
  it('runs this step alone, which sees what is pinned', async () => {
    const world = new World();
    expect(await testOf(world, pinned('last', { outputs: { first: 7, each: ['x'] } })).execute()).toBe('finished');
    expect(world.journal).toEqual([['completed last']]);
    expect(world.last).toMatchObject({
      status: 'completed',
      outputJson: '{"first":7,"each":["x"],"n":1}',
      next: { kind: 'finish' },
    });
  });

  it('finds a step inside a container, and gives it a turn of the loop', async () => {
    const world = new World();
    await testOf(world, pinned('post', { outputs: { first: 1 }, turns: [{ index: 1, item: 'b' }] })).execute();
    expect(world.calls).toEqual(['post']);
    expect(world.journal).toEqual([['started post'], ['completed post']]);
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '"post"' });
    const other = new World();
    await testOf(other, pinned('post', { outputs: { first: 1 }, turns: [{ index: 0, item: 'a' }] })).execute();
    expect([other.calls, other.journal]).toEqual([[], [['skipped post']]]);
  });

  it('runs a container with all that is inside it', async () => {
    const world = new World();
    await testOf(world, pinned('each', { outputs: { first: 1 } })).execute();
    expect(world.calls).toEqual(['each[1].post']);
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '[{"n":1},{"n":1}]' });
  });

  it('goes on after a crash like any run: an unsafe call is in doubt and not made again', async () => {
    const world = new World();
    const turn = { outputs: { first: 1 }, turns: [{ index: 1, item: 'b' }] };
    expect(await testOf(world, pinned('post', turn), started('post', 'unsafe')).execute()).toBe('parked');
    expect(world.calls).toEqual([]);
    expect(world.journal).toEqual([['in_doubt post']]);
  });

  it('fails as the step fails, and nothing follows from it', async () => {
    const world = new World();
    world.perform = () => Promise.reject(StepFailure.permanent('HTTP_STATUS', 'no'));
    await testOf(world, pinned('post', { outputs: { first: 1 }, turns: [{ index: 1, item: 'b' }] })).execute();
    expect(world.last).toMatchObject({ status: 'failed', jobs: [], children: [] });
  });

  it('has a journal that begins with it', () => {
    const world = new World();
    expect(() => testOf(world, pinned('none'))).toThrow('none');
    expect(() => testOf(world, started('first', 'keyed'), pinned('first'))).toThrow('first');
  });
});
