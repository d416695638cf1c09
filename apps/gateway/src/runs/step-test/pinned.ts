import type { FieldError, LoopTurn, LoopTurnDto, TestStepDto } from '@app/contracts';
import type { LoopKind, StepPlace } from './step-place.js';

/** What a tested step sees, or what is wrong with it. */
export type Pinned =
  { outputs: Record<string, unknown>; turns: LoopTurn[]; errors?: undefined } | { errors: FieldError[] };

/**
 * What a request pins for a step: outputs of steps that the step can see, and a turn of each loop around it. What it pins
 * besides is named: whoever sent it expects something of it.
 */
export function pinned(place: StepPlace, { outputs = {}, loops, item, index, previous }: TestStepDto): Pinned {
  const errors = Object.keys(outputs)
    .filter((id) => !place.visible.includes(id))
    .map((id) => ({ field: `outputs.${id}`, message: `cannot be seen by '${place.step.id}': ${seen(place.visible)}` }));
  const outer = place.loops.slice(0, -1);
  if (loops !== undefined && loops.length !== outer.length) {
    errors.push({ field: 'loops', message: `there are ${outer.length} loops around the innermost one` });
    return { errors };
  }
  const own = {
    ...(item !== undefined && { item }),
    ...(index !== undefined && { index }),
    ...(previous !== undefined && { previous }),
  };
  const turns = outer.map((kind, i) => turnOf(kind, loops?.[i] ?? {}, `loops[${i}].`, errors));
  turns.push(turnOf(place.loops.at(-1), own, '', errors));
  return errors.length > 0 ? { errors } : { outputs, turns: turns.filter((turn) => turn !== undefined) };
}

/** @param kind undefined where there is no loop */
function turnOf(
  kind: LoopKind | undefined,
  { index, item, previous }: LoopTurnDto,
  prefix: string,
  errors: FieldError[],
): LoopTurn | undefined {
  const refuse = (field: string, value: unknown, message: string) => {
    if (value !== undefined) errors.push({ field: prefix + field, message });
  };
  if (kind !== 'items') refuse('item', item, 'the step is not in a foreach');
  if (kind !== 'iterations') refuse('previous', previous, 'the step is not in a repeat');
  switch (kind) {
    case undefined:
      refuse('index', index, 'the step is not in a loop');
      return undefined;
    case 'items':
      return { index: index ?? 0, item: item ?? null };
    case 'iterations':
      return { index: index ?? 0, previous: previous ?? null };
  }
}

function seen(visible: readonly string[]): string {
  return visible.length === 0 ? 'it sees no other step' : `it sees ${visible.join(', ')}`;
}
