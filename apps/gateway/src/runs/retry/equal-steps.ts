import { listsOf, ownText, type StepDefinition } from '@app/definition';

/** A step that is the same in two versions. */
export interface Equality {
  /** With all that is inside it; otherwise a container, up to a step inside it. */
  isWhole: boolean;
  /** The run goes on when it fails (`on_error`). */
  handlesFailure: boolean;
}

/**
 * The steps that two versions begin with alike, by their ids: in each list up to the first that is not the same, by id,
 * type, config and everything else but its name. What stands after that one is not among them, however equal.
 */
export function equalSteps(
  before: readonly StepDefinition[],
  after: readonly StepDefinition[],
): ReadonlyMap<string, Equality> {
  const equal = new Map<string, Equality>();
  compareLists(before, after, equal);
  return equal;
}

/** @returns whether the lists are the same to their ends */
function compareLists(
  before: readonly StepDefinition[],
  after: readonly StepDefinition[],
  equal: Map<string, Equality>,
): boolean {
  for (const [i, step] of before.entries()) {
    const other = after[i];
    if (other === undefined || nameless(step) !== nameless(other)) return false;
    const others = listsOf(other);
    // All lists are looked at, also after one that differs.
    const inside = listsOf(step).map(({ steps }, n) => compareLists(steps, others[n]?.steps ?? [], equal));
    const isWhole = inside.every((isSame) => isSame);
    equal.set(step.id, { isWhole, handlesFailure: (step.on_error ?? 'fail') !== 'fail' });
    if (!isWhole) return false;
  }
  return before.length === after.length;
}

function nameless({ name: _name, ...step }: StepDefinition): string {
  return ownText(step);
}
