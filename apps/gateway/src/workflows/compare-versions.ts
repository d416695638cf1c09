import type { ComparedStepDto, StepChangesDto } from '@app/contracts';
import { listsOf, ownText, type StepDefinition } from '@app/definition';

/** Which steps two definitions do not have in common, by their ids, those inside containers included. */
export function stepChanges(before: readonly StepDefinition[], after: readonly StepDefinition[]): StepChangesDto {
  const [earlier, later] = [byId(before), byId(after)];
  const isChanged = (step: StepDefinition): boolean => {
    const known = earlier.get(step.id);
    return known !== undefined && ownText(known) !== ownText(step);
  };
  return {
    added: [...later.values()].filter(({ id }) => !earlier.has(id)).map(named),
    removed: [...earlier.values()].filter(({ id }) => !later.has(id)).map(named),
    changed: [...later.values()].filter(isChanged).map(named),
  };
}

function byId(steps: readonly StepDefinition[]): Map<string, StepDefinition> {
  const inside = (step: StepDefinition) => listsOf(step).flatMap((list) => [...byId(list.steps)]);
  return new Map(steps.flatMap((step) => [[step.id, step] as const, ...inside(step)]));
}

function named({ id, type, name }: StepDefinition): ComparedStepDto {
  return { id, type, name: name ?? id };
}
