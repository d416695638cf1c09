import type { StepDefinition } from '@app/definition';
import { describe, expect, it } from 'vitest';
import { stepLabels } from './step-labels.js';

const step = (id: string, type = 'transform', config = {}): StepDefinition => ({ id, type, config });

describe('stepLabels', () => {
  it('knows the steps of every list, and types of another release by their name alone', () => {
    const inner = step('inner', 'switch', { cases: [{ if: 'true', steps: [step('deep')] }] });
    const labels = stepLabels([
      { ...step('first'), name: 'The first' },
      step('choice', 'switch', { cases: [{ if: 'true', steps: [inner] }], else: [step('other', 'delay')] }),
      step('later', 'map', { steps: [step('unseen')] }),
    ]);
    expect([...labels]).toEqual([
      ['first', { type: 'transform', name: 'The first' }],
      ['choice', { type: 'switch', name: 'choice' }],
      ['inner', { type: 'switch', name: 'inner' }],
      ['deep', { type: 'transform', name: 'deep' }],
      ['other', { type: 'delay', name: 'other' }],
      ['later', { type: 'map', name: 'later' }],
    ]);
  });
});
