import type { ComparedStepDto, StepChangesDto } from '@app/contracts';
import { isStepType, stepKind, type StepDefinition } from '@app/definition';

/** Which steps two definitions do not have in common, by their ids, those inside containers included. */
export function stepChanges(before: readonly StepDefinition[], after: readonly StepDefinition[]): StepChangesDto {
  const [earlier, later] = [byId(before), byId(after)];
  const [earlierTexts, laterTexts] = [texts(earlier), texts(later)];
  const inBoth = [...later].filter(([id]) => earlier.has(id));
  return {
    added: [...later].filter(([id]) => !earlier.has(id)).map(([, step]) => named(step)),
    removed: [...earlier].filter(([id]) => !later.has(id)).map(([, step]) => named(step)),
    changed: inBoth.filter(([id]) => earlierTexts.get(id) !== laterTexts.get(id)).map(([, step]) => named(step)),
  };
}

function byId(steps: readonly StepDefinition[]): Map<string, StepDefinition> {
  return new Map(steps.flatMap((step) => [[step.id, step] as const, ...byId(stepsInside(step))]));
}

function stepsInside({ type, config }: StepDefinition): StepDefinition[] {
  return isStepType(type)
    ? stepKind(type)
        .lists(config)
        .flatMap(({ steps }) => steps)
    : [];
}

/** What a step says itself: of the steps inside it only which they are, so that a change of one is not one of both. */
function texts(steps: ReadonlyMap<string, StepDefinition>): Map<string, string> {
  const all = new Set<unknown>(steps.values());
  return new Map(
    [...steps].map(([id, step]) => [
      id,
      JSON.stringify(step, (_, value: unknown) => (value !== step && all.has(value) ? idOf(value) : value)),
    ]),
  );
}

function idOf(step: unknown): unknown {
  return typeof step === 'object' && step !== null ? Reflect.get(step, 'id') : step;
}

function named({ id, type, name }: StepDefinition): ComparedStepDto {
  return { id, type, name: name ?? id };
}
