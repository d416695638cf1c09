import { EffectClass } from '@app/contracts';
import { expect, it } from 'vitest';
import { World, put, started } from '../../../../../test/workflow/run-world.js';
import type { RunCommit } from '../store/run-commit.js';

it('Calls that are announced while a commit is being written share the next one, and the run is shown as running once', async () => {
  const world = new World();
  const asked: RunCommit[] = [];
  let answer = (): void => undefined;
  world.commit = (commit) => {
    asked.push(commit);
    return asked.length === 1 ? new Promise((resolve) => (answer = resolve)) : Promise.resolve();
  };
  const { journal } = world.execution([put]);
  journal.append(started('put', EffectClass.Keyed));
  const first = journal.commit();
  await Promise.resolve();
  journal.append({ type: 'step.completed', path: 'put', at: 1, attempt: 1, started_at: 1, output: 'done' });
  const [second, third] = [journal.commit(), journal.commit()];
  expect(third).toBe(second);
  answer();
  await Promise.all([first, second]);
  expect(asked.map(({ status, entries }) => [status, entries.length])).toEqual([
    ['running', 1],
    [null, 1],
  ]);
});
