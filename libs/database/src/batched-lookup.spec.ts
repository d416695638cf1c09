import { expect, it } from 'vitest';
import { BatchedLookup } from './batched-lookup.js';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Reads are answered when the test says so. */
function held() {
  const asked: (readonly string[])[] = [];
  const answers: ((rows: Map<string, string> | Error) => void)[] = [];
  const lookup = new BatchedLookup<string>(
    (keys) =>
      new Promise((resolve, reject) => {
        asked.push(keys);
        answers.push((rows) => (rows instanceof Error ? reject(rows) : resolve(rows)));
      }),
    { reads: 1, keys: 2 },
  );
  return { asked, answers, lookup };
}

it('reads what is asked for together at once, each key once, and tells each what they asked for', async () => {
  const { asked, answers, lookup } = held();
  const found = Promise.all(['a', 'b', 'a'].map((key) => lookup.find(key)));
  await turn();
  expect(asked).toEqual([['a', 'b']]);
  answers[0]?.(new Map([['a', 'A']]));
  expect(await found).toEqual(['A', undefined, 'A']);
});

it('answers nobody by a read that had begun before they asked', async () => {
  const { asked, answers, lookup } = held();
  const first = lookup.find('a');
  await turn();
  const second = lookup.find('a');
  answers[0]?.(new Map([['a', 'old']]));
  expect(await first).toBe('old');
  await turn();
  expect(asked).toEqual([['a'], ['a']]);
  answers[1]?.(new Map([['a', 'new']]));
  expect(await second).toBe('new');
});

it('reads so many at a time, and tells of an error only those whose read it was', async () => {
  const { asked, answers, lookup } = held();
  const found = ['a', 'b', 'c'].map((key) => lookup.find(key));
  const outcomes = Promise.allSettled(found);
  await turn();
  answers[0]?.(new Error('away'));
  await turn();
  expect(asked).toEqual([['a', 'b'], ['c']]);
  answers[1]?.(new Map([['c', 'C']]));
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});
