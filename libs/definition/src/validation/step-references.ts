import type { Expression } from '../expressions/expression.js';
import type { SyntaxNode } from '../expressions/bounded-ast.js';

/**
 * The steps that an expression reads as `steps.<id>`. Looks at paths that start at the root only: inside a filter or
 * behind a first step, `steps` may be a member of the data.
 */
export function referencedSteps(expression: Expression): string[] {
  const found: string[] = [];
  collect(expression.syntaxTree, found);
  return found;
}

function collect(part: unknown, found: string[]): void {
  if (Array.isArray(part)) {
    for (const item of part) collect(item, found);
    return;
  }
  if (typeof part !== 'object' || part === null) return;
  const node = part as SyntaxNode;
  if (node.type === 'path') {
    collectPath(node, found);
    return;
  }
  // A function's body sees the root like any other expression; filters and groupings see an item instead.
  for (const [name, value] of Object.entries(node)) {
    if (name !== 'predicate' && name !== 'stages' && name !== 'group') collect(value, found);
  }
}

function collectPath(node: SyntaxNode, found: string[]): void {
  const steps = Array.isArray(node['steps']) ? (node['steps'] as SyntaxNode[]) : [];
  const [first, second, third] = steps;
  if (first === undefined) return;
  const atRoot = first.type === 'variable' && (first.value === '$' || first.value === '');
  const [list, id] = atRoot ? [second, third] : [first, second];
  if (list?.type === 'name' && list.value === 'steps') {
    if (id?.type === 'name' && typeof id.value === 'string') found.push(id.value);
  } else if (!atRoot && first.type !== 'name') {
    collect(first, found);
  }
}
