import { isStepType, stepKind, stepTypes, validateDefinition, type StepDefinition } from '@app/definition';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workflowExamples } from './workflow-examples.js';

const TRIAGE = join(import.meta.dirname, '..', '..', 'examples', 'github-triage', 'workflow.json');

describe('docs/workflows.md', () => {
  const examples = workflowExamples();

  it.each(examples.map(({ definition }) => definition))('shows a valid workflow: $name', (definition) => {
    expect(validateDefinition(definition)).toEqual([]);
  });

  it.each(examples)('says what comes of it: $definition.name', ({ output, error }) => {
    expect([output, error].filter((end) => end !== undefined)).toHaveLength(1);
  });

  it('has an example of every step type', () => {
    const shown = new Set(examples.flatMap(({ definition }) => typesIn(definition.steps)));
    expect([...shown].sort()).toEqual([...stepTypes].sort());
  });
});

it('examples/github-triage is a valid workflow', () => {
  expect(validateDefinition(JSON.parse(readFileSync(TRIAGE, 'utf8')))).toEqual([]);
});

/** The types of these steps and of those in their lists. */
function typesIn(steps: readonly StepDefinition[]): string[] {
  return steps.flatMap(({ type, config }) => {
    const lists = isStepType(type) ? stepKind(type).lists(config) : [];
    return [type, ...lists.flatMap((list) => typesIn(list.steps))];
  });
}
