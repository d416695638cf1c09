import type { StepDefinition } from '@app/definition';
import { describe, expect, it } from 'vitest';
import { stepChanges } from './compare-versions.js';

const step = (id: string, expression = '1'): StepDefinition => ({ id, type: 'transform', config: { expression } });
const choice = (id: string, ...steps: StepDefinition[]): StepDefinition => ({
  id,
  type: 'switch',
  config: { cases: [{ if: 'true', steps }] },
});
const ids = (before: StepDefinition[], after: StepDefinition[]) =>
  Object.fromEntries(
    Object.entries(stepChanges(before, after)).map(([name, steps]: [string, { id: string }[]]) => [
      name,
      steps.map(({ id }) => id),
    ]),
  );

describe('stepChanges', () => {
  it('tells by its id what came, went and changed', () => {
    const [before, after] = [
      [step('a'), step('b'), step('c')],
      [step('d'), step('c', '2'), step('b')],
    ];
    expect(ids(before, after)).toEqual({ added: ['d'], removed: ['a'], changed: ['c'] });
    expect(stepChanges([], [step('a')]).added).toEqual([{ id: 'a', type: 'transform', name: 'a' }]);
  });

  it("looks into containers: a step inside changes by itself, what is in it is the container's", () => {
    expect(ids([choice('x', step('a'))], [choice('x', step('a', '2'))])).toEqual({
      added: [],
      removed: [],
      changed: ['a'],
    });
    expect(ids([choice('x', step('a'))], [choice('x', step('a'), step('b'))])).toEqual({
      added: ['b'],
      removed: [],
      changed: ['x'],
    });
  });
});
