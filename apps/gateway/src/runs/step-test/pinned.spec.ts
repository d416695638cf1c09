import type { TestStepDto } from '@app/contracts';
import type { StepDefinition } from '@app/definition';
import { describe, expect, it } from 'vitest';
import { pinned } from './pinned.js';
import { placeOf, withInside } from './step-place.js';

const pure = (id: string): StepDefinition => ({ id, type: 'transform', config: { expression: '1' } });
const each = (id: string, ...steps: StepDefinition[]): StepDefinition => ({
  id,
  type: 'foreach',
  config: { items: '[1]', steps },
});
const again = (id: string, ...steps: StepDefinition[]): StepDefinition => ({
  id,
  type: 'repeat',
  config: { until: 'true', max_iterations: 2, steps },
});
const both = (id: string, branches: Record<string, StepDefinition[]>): StepDefinition => ({
  id,
  type: 'parallel',
  config: { branches },
});

const steps = [
  pure('first'),
  both('split', {
    left: [pure('l1'), pure('l2')],
    right: [pure('r1'), each('each', pure('e1'), again('loop', pure('x')))],
  }),
  pure('last'),
];
const at = (id: string) => placeOf(steps, id)!;
const see = (id: string, request: Partial<TestStepDto>) => pinned(at(id), { step: id, ...request });

describe('the place of a step', () => {
  it('is found in every list, with what can be seen from it and the loops around it', () => {
    expect(at('last')).toMatchObject({ visible: ['first', 'split'], loops: [] });
    expect(at('l2')).toMatchObject({ step: pure('l2'), visible: ['first', 'l1'], loops: [] });
    expect(at('x')).toMatchObject({ visible: ['first', 'r1', 'e1'], loops: ['items', 'iterations'] });
    expect(placeOf(steps, 'none')).toBeUndefined();
  });

  it('has steps inside it', () => {
    expect(withInside(at('each').step).map(({ id }) => id)).toEqual(['each', 'e1', 'loop', 'x']);
  });
});

describe('what is pinned', () => {
  it('is what the step sees, with a turn of each loop around it', () => {
    expect(see('last', { outputs: { first: 1, split: null } })).toEqual({
      outputs: { first: 1, split: null },
      turns: [],
    });
    expect(see('e1', { item: { a: 1 }, index: 3 })).toEqual({ outputs: {}, turns: [{ index: 3, item: { a: 1 } }] });
    expect(see('x', {})).toEqual({
      outputs: {},
      turns: [
        { index: 0, item: null },
        { index: 0, previous: null },
      ],
    });
    expect(see('x', { previous: 5, index: 1, loops: [{ item: 'i', index: 2 }] })).toEqual({
      outputs: {},
      turns: [
        { index: 2, item: 'i' },
        { index: 1, previous: 5 },
      ],
    });
  });

  it.each<[string, string, Partial<TestStepDto>, string[]]>([
    ['an unknown step', 'last', { outputs: { none: 1, first: 1 } }, ['outputs.none']],
    [
      'the step itself and later ones',
      'l1',
      { outputs: { l1: 1, l2: 1, r1: 1 } },
      ['outputs.l1', 'outputs.l2', 'outputs.r1'],
    ],
    ['a step inside a container', 'last', { outputs: { l1: 1 } }, ['outputs.l1']],
    ['a turn where there is no loop', 'last', { item: 1, index: 0, previous: 1 }, ['item', 'previous', 'index']],
    ['an item of iterations', 'x', { item: 1 }, ['item']],
    ['an iteration of items', 'e1', { previous: 1 }, ['previous']],
    ['a loop too many', 'e1', { loops: [{}] }, ['loops']],
    ['an iteration of an outer loop over items', 'x', { loops: [{ previous: 1 }] }, ['loops[0].previous']],
  ])('is refused by name: %s', (_, id, request, fields) => {
    expect(see(id, request).errors?.map(({ field }) => field)).toEqual(fields);
  });
});
