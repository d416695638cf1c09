import { turnsDuring } from '@app/testing';
import { expect, it } from 'vitest';
import { Budget } from './budget.js';
import { Expression } from './expression.js';
import { processorTime } from './processor-time.js';
import { look, pauseDue, type Evaluation } from './turns.js';

const context = { nowMs: 0, seed: 's' };

/** Begins a turn of the event loop in which no expression has been evaluated yet. */
const freshTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function work(ms: number): void {
  const until = processorTime() + ms;
  while (processorTime() < until);
}

it('Long expressions let everything else of the process have its turn, however many there are', async () => {
  const long = Expression.compile('($f := function($x){ $x > 1e9 ? 1 : $f($x + 1) }; $f(1))');
  const { result: all, turns } = await turnsDuring(() =>
    Promise.allSettled(Array.from({ length: 8 }, () => long.evaluate({}, context))),
  );
  expect(all.every(({ status }) => status === 'rejected')).toBe(true);
  expect(turns).toBeGreaterThan(4);
});

it('So do short ones that are evaluated at once, when there are many, and each is evaluated', async () => {
  const short = Expression.compile('input');
  const input = Array.from({ length: 3_000 }, (_, i) => ({ i }));
  await freshTurn();
  expect(short.use({ input: 1 }, context, (value) => value)).toBe(1);
  const { result: all, turns } = await turnsDuring(() =>
    Promise.all(Array.from({ length: 100 }, async () => short.use({ input }, context, (value) => value))),
  );
  for (const value of all) expect(value).toEqual(input);
  expect(turns).toBeGreaterThan(4);
});

it('What is evaluated at once is not the time of an expression that waits for its next step', async () => {
  let held = 0;
  const short = Expression.compile('input');
  await freshTurn();
  look({ taken: 0, hold: (ms) => (held += ms), inTime: () => undefined });
  const before = held;
  expect(short.use({ input: 1 }, context, () => work(20))).toBeUndefined();
  look({ taken: 0, hold: () => undefined, inTime: () => undefined });
  expect(held - before).toBeLessThan(20);
});

it('The time of the processor is given to the evaluation that was at work, up to the end of the turn', async () => {
  const held = { first: 0, second: 0 };
  const evaluation = (name: keyof typeof held): Evaluation => ({
    taken: 0,
    hold: (ms) => (held[name] += ms),
    inTime: () => undefined,
  });
  const [first, second] = [evaluation('first'), evaluation('second')];
  look(first);
  work(20);
  look(second);
  expect(held.first).toBeGreaterThanOrEqual(20);
  await freshTurn();
  work(50);
  look(first);
  expect(held.second).toBeLessThan(50);
});

it('An expression that holds the processor for too long fails as one that takes too many steps does', async () => {
  const scope = {
    input: {
      get slow() {
        work(1);
        return 1;
      },
    },
  };
  const [slow, short] = ['$sum([1..500].($$.input.slow))', '$sum([1..3])'].map((text) => Expression.compile(text));
  const [failed, passed] = await Promise.allSettled([slow?.evaluate(scope, context), short?.evaluate({}, context)]);
  expect(failed).toMatchObject({ status: 'rejected', reason: { name: 'ExpressionError', overLimit: true } });
  expect(String((failed as PromiseRejectedResult).reason)).toMatch(
    /at most 50 ms of CPU \(EXPRESSION_MAX_STEPS\)\. After \d+ of its 20000 steps .* it may pass\.$/,
  );
  expect(passed).toEqual({ status: 'fulfilled', value: 6 });
});

it('The time of one is never that of others that are under way beside it', async () => {
  const expression = Expression.compile('$sum([1..40].($$.input.slow))');
  const evaluate = (ms: number): Promise<unknown> =>
    expression.evaluate({ input: Object.defineProperty({}, 'slow', { get: () => (work(ms), 1) }) }, context);
  await expect(Promise.all([evaluate(0.45), evaluate(0.45), evaluate(0.2)])).resolves.toEqual([40, 40, 40]);
});

it('What is left of an evaluation that failed, or never ends, stops no other', async () => {
  const beside = Expression.compile('{"a": $error("no"), "b": $sum([1..3000].($ + 1))}');
  const short = Expression.compile('$sum([1..3])');
  await freshTurn();
  expect(pauseDue({ taken: 0, hold: () => undefined, inTime: () => undefined })).toBeUndefined();
  const failed = Promise.allSettled(Array.from({ length: 20 }, () => beside.evaluate({}, context)));
  await expect(short.evaluate({}, context)).resolves.toBe(6);
  for (const each of await failed) {
    expect(each).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/: no$/) } });
  }
});

it('Many steps at once are begun only when there is time for them', () => {
  const budget = new Budget(20_000);
  budget.hold(20);
  budget.step(4_000);
  budget.step(10);
  expect(() => budget.step(9_000)).toThrow(/After 4010 of its 20000 steps this one had taken 2\d/);
});
