import type { Node } from 'acorn';

/** What a script may read, so that nothing else is handed to it: an output of a megabyte costs time to pass on. */
export interface ScriptReads {
  /** Every name that stands anywhere in it. */
  names: ReadonlySet<string>;
  /** The steps whose outputs it may read; null when its text does not tell. */
  steps: ReadonlySet<string> | null;
}

/** With these a script reaches its parameters without naming them. */
const INDIRECT = ['eval', 'arguments'];

interface SyntaxNode extends Node {
  name?: unknown;
  value?: unknown;
  computed?: unknown;
  object?: unknown;
  property?: unknown;
}

/** Errs on the side of too much: a member that is called like a parameter counts too. */
export function readsOf(body: Node): ScriptReads {
  const names = new Set<string>();
  const steps = new Set<string>();
  let unclear = 0;
  const open: unknown[] = [body];
  while (open.length > 0) {
    const part = open.pop();
    if (Array.isArray(part)) open.push(...(part as unknown[]));
    if (!isNode(part)) continue;
    const { type, name } = part;
    if (type === 'Identifier' && typeof name === 'string') {
      names.add(name);
      if (name === 'steps') unclear += 1;
    }
    const step = stepOf(part);
    if (step !== undefined) {
      steps.add(step);
      unclear -= 1;
    }
    for (const member of Object.values(part)) if (typeof member === 'object' && member !== null) open.push(member);
  }
  const isIndirect = INDIRECT.some((name) => names.has(name));
  return { names, steps: isIndirect || unclear > 0 ? null : steps };
}

/** Whether a script may read one of its parameters. */
export function mayRead({ names }: ScriptReads, name: string): boolean {
  return names.has(name) || INDIRECT.some((indirect) => names.has(indirect));
}

/** The id in `steps.<id>` and `steps['<id>']`. */
function stepOf({ type, object, property, computed }: SyntaxNode): string | undefined {
  if (type !== 'MemberExpression' || !isNode(object) || object.type !== 'Identifier' || object.name !== 'steps') return;
  if (!isNode(property)) return;
  const id = computed === true ? property.value : property.name;
  return typeof id === 'string' ? id : undefined;
}

function isNode(part: unknown): part is SyntaxNode {
  return typeof part === 'object' && part !== null && 'type' in part && 'start' in part;
}
