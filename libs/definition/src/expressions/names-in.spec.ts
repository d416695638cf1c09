import { expect, it } from 'vitest';
import { namesIn } from './names-in.js';
import { compileBare } from './template.js';

it.each([
  ['event.data.order = input.order', ['event', 'data', 'order', 'input']],
  ['event.items[id = $$.run.id].n', ['items', 'run', 'id', 'n']],
  ["$lookup($$, 'workflow')", ['workflow']],
  ['($f := function($x) { steps.a.output.$x }; $f(1))', ['steps', 'a', 'output']],
])('finds what %s reads', (text, names) => {
  expect([...namesIn(compileBare(text))]).toEqual(expect.arrayContaining(names));
});
