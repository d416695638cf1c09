import { isStepType, stepKind, stepTypes, validateDefinition, type StepDefinition } from '@app/definition';
import { waitingJobs } from '@app/contracts';
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
    // What waits for a worker of a later release cannot be executed here.
    const later: readonly string[] = Object.keys(waitingJobs).filter((type) => type !== 'external.task');
    expect([...shown].sort()).toEqual(stepTypes.filter((type) => !later.includes(type)).sort());
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
