import type { JournalEntry } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { World, post, pure, put, started } from '../../../../../test/workflow/run-world.js';
import { StepFailure } from '../../steps/steps.service.js';
import { FencedError } from '../store/fenced.error.js';
import { UnwrittenError } from '../store/unwritten.error.js';
import type { RunHistory } from '../store/run-history.js';

describe('a run that this replica loses', () => {
  it('writes nothing more once this replica lost the right to', async () => {
    const world = new World();
    const execution = world.execution([put, pure('b')]);
    world.perform = async () => {
      execution.lose();
      return 'done';
    };
    expect(await execution.execute()).toBe('lost');
    expect(world.journal).toEqual([['started put']]);
    expect(execution.journal.unwrittenOutcomes()).toMatchObject([{ path: 'put', output: 'done' }]);
  });

  it('makes no call when the announcement is refused, and keeps an outcome that could not be written', async () => {
    const refused = new World();
    refused.beforeCommit = () => {
      throw new FencedError('r');
    };
    await expect(refused.execution([put]).execute()).rejects.toBeInstanceOf(FencedError);
    expect(refused.calls).toEqual([]);

    const late = new World();
    late.beforeCommit = ({ next }) => {
      if (next.kind === 'finish') throw new FencedError('r');
    };
    const execution = late.execution([post]);
    await expect(execution.execute()).rejects.toBeInstanceOf(FencedError);
    expect(execution.journal.unwrittenOutcomes()).toMatchObject([{ type: 'step.completed', path: 'post' }]);
  });

  it('reads an answer that has arrived when it loses the run, and stops the call after that', async () => {
    const world = new World();
    const execution = world.execution([post]);
    world.perform = async (_call, { signal }) => {
      execution.lose();
      expect(signal.aborted).toBe(false);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new StepFailure({ code: 'CANCELLED', message: 'stopped' }, { retryable: true, mayHaveHappened: true });
    };
    expect(await execution.execute()).toBe('lost');
    expect(execution.journal.unwrittenOutcomes()).toEqual([]);
  });

  it('makes no call when the lease goes during the announcement, and leaves no doubt about it', async () => {
    const world = new World();
    world.beforeCommit = () => {
      world.holds = false;
    };
    const execution = world.execution([post]);
    expect(await execution.execute()).toBe('lost');
    expect(world.calls).toEqual([]);
    const [outcome] = execution.journal.unwrittenOutcomes();
    expect(outcome).toMatchObject({ type: 'step.failed', path: 'post', attempt: 1, retry_at: 1_000 });

    const observed = new Map([['post#1', outcome]]) as RunHistory['observed'];
    const doubt: JournalEntry = { type: 'step.in_doubt', path: 'post', at: 2, attempt: 1, reason: 'lost' };
    for (const entries of [[started('post', 'unsafe')], [started('post', 'unsafe'), doubt]]) {
      const successor = new World();
      await successor.execution([post], { history: { entries, nextSeq: 2, observed } }).execute();
      expect(successor.calls).toEqual(['post']);
      expect(successor.last).toMatchObject({ status: 'completed', outputJson: '"post"' });
    }
  });

  it('makes no call when the lease goes while it connects, and says so unless an earlier call may have been made', async () => {
    const connecting = (world: World): void => {
      world.perform = async (_call, { mayLeave }) => {
        world.holds = false;
        expect(mayLeave()).toBe(false);
        const options = { retryable: true, mayHaveHappened: false };
        throw new StepFailure({ code: 'HTTP_UNREACHABLE', message: 'not sent' }, options);
      };
    };
    const first = new World();
    connecting(first);
    const execution = first.execution([post]);
    expect(await execution.execute()).toBe('lost');
    expect(execution.journal.unwrittenOutcomes()).toMatchObject([{ type: 'step.failed', retry_at: 1_000 }]);

    const second = new World();
    connecting(second);
    const again = second.execution([put], { history: { entries: [started('put', 'keyed')], nextSeq: 2 } });
    expect(await again.execute()).toBe('lost');
    expect(second.calls).toEqual(['put']);
    expect(again.journal.unwrittenOutcomes()).toEqual([]);
  });

  it.each([
    ['an announcement', post],
    [
      'a run that a step has started',
      {
        id: 'go',
        type: 'workflow.run',
        config: { workflow_id: '01890a5d-ac96-774b-bcce-b302099a8057', mode: 'detached' },
      },
    ],
  ])('is given back as it was when %s cannot be written: that is no failure of the step', async (_what, step) => {
    const world = new World();
    world.beforeCommit = () => {
      throw new Error('the database is away');
    };
    const execution = world.execution([step]);
    await expect(execution.execute()).rejects.toBeInstanceOf(UnwrittenError);
    expect(world.calls).toEqual([]);
    expect(execution.state.steps.get(step.id)?.status).not.toBe('failed');
  });
});
