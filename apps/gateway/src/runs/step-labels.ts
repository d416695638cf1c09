import { isStepType, stepKind, type StepDefinition } from '@app/definition';

/** What the definition says about a step: the journal does not repeat it. */
export interface StepLabel {
  type: string;
  name: string;
}

/** The type and name of every step of a definition by its id, those inside containers included. */
export function stepLabels(steps: readonly StepDefinition[]): Map<string, StepLabel> {
  return new Map(steps.flatMap((step) => [...labelsOf(step)]));
}

function labelsOf(step: StepDefinition): Map<string, StepLabel> {
  const lists = isStepType(step.type) ? stepKind(step.type).lists(step.config) : [];
  const inside = lists.flatMap((list) => [...stepLabels(list.steps)]);
  return new Map([[step.id, { type: step.type, name: step.name ?? step.id }], ...inside]);
}
