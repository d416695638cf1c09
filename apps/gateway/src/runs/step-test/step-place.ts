import { isStepType, stepKind, type Nesting, type StepDefinition } from '@app/definition';

/** Where a step is in a workflow. */
export interface StepPlace {
  step: StepDefinition;
  /** Ids of the steps whose outputs it can see. */
  visible: readonly string[];
  /** The loops around it, from the outside in: over items or in iterations. */
  loops: readonly LoopKind[];
}

export type LoopKind = Extract<Nesting, 'items' | 'iterations'>;

/** The place of a step, by its id; undefined when the workflow has no such step. */
export function placeOf(
  steps: readonly StepDefinition[],
  id: string,
  around: Omit<StepPlace, 'step'> = { visible: [], loops: [] },
): StepPlace | undefined {
  const visible = [...around.visible];
  for (const step of steps) {
    if (step.id === id) return { ...around, step, visible };
    const { lists, nesting } = containerOf(step);
    const isLoop = nesting === 'items' || nesting === 'iterations';
    const loops = isLoop ? [...around.loops, nesting] : around.loops;
    for (const list of lists) {
      const found = placeOf(list, id, { visible, loops });
      if (found !== undefined) return found;
    }
    visible.push(step.id);
  }
  return undefined;
}

/** A step and all steps inside it. */
export function withInside(step: StepDefinition): StepDefinition[] {
  return [step, ...containerOf(step).lists.flat().flatMap(withInside)];
}

function containerOf({ type, config }: StepDefinition): { lists: StepDefinition[][]; nesting: Nesting } {
  if (!isStepType(type)) return { lists: [], nesting: 'none' };
  const { lists, nesting } = stepKind(type);
  return { lists: lists(config).map(({ steps }) => steps), nesting };
}
