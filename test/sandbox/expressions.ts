import * as fc from 'fast-check';

const builtIns = (
  'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match ' +
  'contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power ' +
  'boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert type ' +
  'sort distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval toMillis ' +
  'fromMillis clone now millis random shuffle range'
).split(' ');
const names = [
  'input',
  'a',
  'list',
  'b',
  'c',
  'deep',
  'text',
  'constructor',
  '__proto__',
  '`x-y`',
  '$',
  '$$',
  '%',
  '*',
  '**',
];
const texts = ['', 'a', '[Y0001]-[M01]', '#,##0.00', 'I', 'w', '%2F%', 'äöü\u{1F600}', '\\ud800', 'x'.repeat(50)];
const regexes = ['/a+b/', '/(a|b)*c/i', '/[^x]{2,9}/', '/$/m', '/(.)(.)?/', '/\\d+|\\w*/'];
const operators = ['+', '-', '*', '/', '%', '&', '=', '!=', '<', '>', 'in', 'and', 'or', '..', '~>', '.', '?:', '??'];

/** Expressions of jsonata's grammar, most of which make little sense, some of them a great deal of work. */
const grammar = fc.letrec<{ expression: string; call: string }>((tie) => {
  const part = tie('expression');
  const parts = (most: number): fc.Arbitrary<string> =>
    fc.array(part, { maxLength: most }).map((list) => list.join(', '));
  return {
    call: fc.tuple(fc.constantFrom(...builtIns), parts(3)).map(([name, args]) => `$${name}(${args})`),
    expression: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(...names),
      fc.oneof(fc.integer({ min: -3, max: 100 }), fc.constantFrom(1e9, 1e308, 0.1, 90_000)).map(String),
      fc.constantFrom(...texts).map((text) => JSON.stringify(text)),
      fc.constantFrom('$x', '$f', '$y', 'true', 'null', ...regexes),
      tie('call'),
      fc.tuple(part, fc.constantFrom(...operators), part).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(part, part).map(([a, b]) => `${a}[${b}]`),
      fc.tuple(part, part).map(([a, b]) => `${a}.(${b})`),
      fc.tuple(part, part, part).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(part, part).map(([a, b]) => `${a}{$string(${b}): $}`),
      fc.tuple(part, part).map(([a, b]) => `${a}^(>${b})`),
      fc.tuple(part, part, part).map(([a, b, c]) => `(${a} ~> |${b}|{"x": ${c}}|)`),
      fc.tuple(part, part).map(([a, b]) => `input.list@$x.(${a})#$y[${b}]`),
      fc.tuple(part, part).map(([a, b]) => `($x := ${a}; $f := function($y){${b}}; $f($x))`),
      fc.tuple(part, part).map(([a, b]) => `($f := function($x){$x > 20 ? ${a} : $f($x + 1) & ${b}}; $f(1))`),
      fc.tuple(part, part).map(([a, b]) => `$map([1..${a}], function($x){${b}})`),
      parts(4).map((list) => `[${list}]`),
      fc.tuple(part, part).map(([a, b]) => `{"a": ${a}, "__proto__": ${b}}`),
    ),
  };
});

/** Expressions from the grammar, and known killers with a piece of them taken out, doubled or put elsewhere. */
export function anyExpression(killers: readonly string[]): fc.Arbitrary<string> {
  const mutated = fc
    .tuple(fc.constantFrom(...killers), fc.nat(200), fc.nat(20), fc.nat(200), fc.constantFrom('drop', 'double', 'move'))
    .map(([text, from, size, to, how]) => {
      const at = from % text.length;
      const piece = text.slice(at, at + size);
      const rest = text.slice(0, at) + text.slice(at + size);
      if (how === 'drop') return rest;
      const base = how === 'move' ? rest : text;
      const place = to % (base.length + 1);
      return base.slice(0, place) + piece + base.slice(place);
    });
  return fc.oneof({ weight: 3, arbitrary: grammar.expression }, { weight: 1, arbitrary: mutated });
}
