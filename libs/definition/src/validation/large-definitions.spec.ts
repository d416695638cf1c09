import { turnsDuring } from '@app/testing';
import { describe, expect, it } from 'vitest';
import { largeDefinitions } from '../../../../test/definition/large-definitions.js';
import { CheckedExpressions } from './checked-expressions.js';
import { MOST_MISTAKES } from './mistakes.js';
import { validateDefinition, validateInTurns, validationOf } from './validate-definition.js';

const large = Object.entries(largeDefinitions());

describe.each(large)('A definition of a mebibyte with %s', { timeout: 60_000 }, (_what, definition) => {
  it('is about as large as one may be', () => {
    const bytes = Buffer.byteLength(JSON.stringify(definition));
    expect(bytes).toBeGreaterThan(800_000);
    expect(bytes).toBeLessThan(1_048_576);
  });

  it('is judged the same at once and in turns, with a bounded number of mistakes', async () => {
    const mistakes = await validateInTurns(definition);
    expect(mistakes).toEqual(validateDefinition(definition));
    expect(mistakes.length).toBeLessThanOrEqual(MOST_MISTAKES + 1);
    expect(JSON.stringify(mistakes).length).toBeLessThan(2_500_000);
  });
});

it(
  'Everything else of the process has its turn while definitions are checked, however many there are',
  { timeout: 60_000 },
  async () => {
    const definition = large.find(([what]) => what === 'many different expressions')?.[1];
    const { result: all, turns } = await turnsDuring(() =>
      Promise.all([validateInTurns(definition), validateInTurns(definition), validateInTurns(definition)]),
    );
    expect(all.map((mistakes) => mistakes.length)).toEqual([0, 0, 0]);
    expect(turns).toBeGreaterThan(10);
  },
);

it('A check may be interrupted between any two steps and any two expressions', () => {
  const steps = Array.from({ length: 50 }, (_, i) => ({
    id: `s${i}`,
    type: 'http.request',
    config: { method: 'GET', url: 'https://example.com/', body: ['{{ a }}', 'b', '{{ c }} and {{ d }}'] },
  }));
  let pieces = 0;
  for (const _ of validationOf({ name: 'w', trigger_type: 'manual', steps })) pieces += 1;
  expect(pieces).toBeGreaterThanOrEqual(50 * 4);
});

it('An expression is parsed once, and no more than ten thousand different ones', { timeout: 60_000 }, () => {
  const expressions = new CheckedExpressions();
  expect(expressions.check('steps.a.output')).toBe(expressions.check('steps.a.output'));
  for (let i = 1; i < 10_000; i++) expressions.check(`a${i}`);
  expect(expressions.check('b')).toEqual({ mistake: expect.stringContaining('10000 different expressions') });
  expect(expressions.check('a1')).toEqual({ steps: [], secrets: [] });
});

it('Only so many mistakes are told, and a last one says that there are more', () => {
  const steps = Array.from({ length: 3_000 }, () => 1);
  const mistakes = validateDefinition({ name: 'w', trigger_type: 'manual', steps });
  expect(mistakes).toHaveLength(MOST_MISTAKES + 1);
  expect(mistakes[MOST_MISTAKES - 1]).toEqual({ field: `steps[${MOST_MISTAKES - 1}]`, message: 'must be an object' });
  expect(mistakes.at(-1)).toEqual({ field: '', message: expect.stringContaining('mend these first') });
});

it('Of a list that is too long only so many members are looked at', () => {
  const to = Array.from({ length: 1_010 }, (_, i) => (i < 1_000 ? `a${i}@example.com` : 'no address'));
  const steps = [{ id: 'a', type: 'email.send', config: { to, subject: 's', text: 't' } }];
  expect(validateDefinition({ name: 'w', trigger_type: 'manual', steps })).toEqual([
    { field: 'steps[0].config.to', message: expect.stringContaining('no more than 50') },
  ]);
});

it('An expression of a template has the length that any may have', () => {
  const config = { method: 'GET', url: 'https://example.com/', body: `{{ "${'x'.repeat(16_384)}" }}` };
  expect(
    validateDefinition({ name: 'w', trigger_type: 'manual', steps: [{ id: 'a', type: 'http.request', config }] }),
  ).toEqual([{ field: 'steps[0].config.body', message: expect.stringContaining('at most 16384 characters') }]);
});
