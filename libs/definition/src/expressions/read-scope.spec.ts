import { expect, it } from 'vitest';
import { readScope } from './read-scope.js';
import { LazyExpression } from './lazy-expression.js';

const [a, b] = [{ output: 1 }, { output: [2] }];
const scope = { input: { order: 7 }, steps: { a, b, 'look-up': {} }, run: { id: 'r' }, workflow: {}, item: 3 };

it.each<[string, object]>([
  ['event.type', {}],
  ['event.data.order = input.order', { input: scope.input }],
  ['event.by = steps.a.output and item > 1', { steps: { a }, item: 3 }],
  ['event.by = steps.`look-up`', { steps: { 'look-up': {} } }],
  ['$count(steps.*) = 3', { steps: scope.steps }],
  ["$lookup(steps, 'a')", { steps: scope.steps }],
  ['steps[a.output = 1].b', { steps: scope.steps }],
  ['event.data.items[$ > 3]', {}],
  ['event.data.*.n = item', { item: 3 }],
  ['event.items[id = $$.run.id].n', scope],
  ["$lookup($$, 'workflow')", scope],
  ['$.run.id', scope],
  ['**.order', scope],
  ['$keys(*)', scope],
  ['($f := function($x) { steps.a.output + $x }; $f(1))', { steps: { a } }],
])('%s can read', (text, read) => {
  expect(readScope(new LazyExpression(text), scope)).toEqual(read);
});

it.each([
  'steps.a.output + $sum(steps.b.output) + item',
  '$string(input) & $string(steps)',
  '$count(**)',
  'steps.*[output = 1].output',
  'input.{"n": order, "r": $$.run.id}',
])('%s says the same of what it can read', async (text) => {
  const expression = new LazyExpression(text);
  const context = { nowMs: 0, seed: '' };
  const whole = await expression.evaluate(scope, context);
  expect(whole).toBeDefined();
  expect(await expression.evaluate(readScope(expression, scope), context)).toEqual(whole);
});
