import type { StepDefinition } from './definition.js';
import { isStepType, stepKind } from './step-kinds/registry.js';
import type { StepList } from './step-kinds/step-kind.js';

/** The lists of a step that `validateDefinition` found nothing wrong with; none for a leaf. */
export function listsOf({ type, config }: StepDefinition): StepList[] {
  return isStepType(type) ? stepKind(type).lists(config) : [];
}

/**
 * What a step says itself, as a text that is equal when that is: of the steps inside it only which they are, so that a
 * change of one is not one of both. Members are expected in one order, as PostgreSQL's jsonb has them.
 */
export function ownText(step: StepDefinition): string {
  const inside = new Map<unknown, string>(listsOf(step).flatMap(({ steps }) => steps.map((each) => [each, each.id])));
  return JSON.stringify(step, (_, value: unknown) => inside.get(value) ?? value);
}
