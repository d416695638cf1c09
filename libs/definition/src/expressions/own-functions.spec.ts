import * as fc from 'fast-check';
import jsonata from 'jsonata';
import { expect, it } from 'vitest';
import { Expression } from './expression.js';
import { plainData } from './plain-data.js';

const text = fc.string({ unit: fc.constantFrom('a', 'ä', '\u{1F600}', '\ud83d', '\ude00', ' '), maxLength: 12 });
/** Halves of a pair can not stand beside one another here: jsonata sees them as one after padding with both. */
const whole = fc.string({ unit: fc.constantFrom('a', 'ä', '\u{1F600}'), maxLength: 12 });
const place = fc.oneof(fc.integer({ min: -15, max: 15 }), fc.double({ min: -15, max: 15, noNaN: true }));
const value = fc.jsonValue({ maxDepth: 3 });

it.each<[string, fc.Arbitrary<unknown>[]]>([
  ['$length(a)', [text]],
  ['$substring(a, b)', [text, place]],
  ['$substring(a, b, c)', [text, place, place]],
  ['$pad(a, b)', [text, place]],
  ['$pad(a, b, c)', [whole, place, whole]],
  ['$spread(a)', [value]],
  ['$spread([a, b])', [value, value]],
  ['$spread([[a], b])', [value, value]],
])('%s says what jsonata says', async (expression, data) => {
  const [ours, theirs] = [Expression.compile(expression), jsonata(expression)];
  await fc.assert(
    fc.asyncProperty(fc.tuple(...data), async ([a, b, c]) => {
      const said = plainData(await theirs.evaluate({ a, b, c }));
      expect(await ours.evaluate({ a, b, c }, { nowMs: 0, seed: '' })).toEqual(said);
    }),
    { seed: 20_261_130, numRuns: 300 },
  );
});
