import type { Expression } from '../expressions/expression.js';
import type { SyntaxNode } from '../expressions/bounded-ast.js';

/**
 * The steps that an expression reads as `steps.<id>`. Looks at paths that start at the root only: inside a filter or
 * behind a first step, `steps` may be a member of the data.
 */
export function referencedSteps(expression: Expression): string[] {
  return rootPaths(expression).flatMap(([root, member]) => (root === 'steps' && member !== undefined ? [member] : []));
}

/**
 * The secrets that an expression reads as `secrets.<name>`; undefined stands for one that reads `secrets` without
 * saying which.
 */
export function referencedSecrets(expression: Expression): (string | undefined)[] {
  return rootPaths(expression).flatMap(([root, member]) => (root === 'secrets' ? [member] : []));
}

/** First and second name of a path that starts at the root. */
type RootPath = readonly [root: string, member: string | undefined];

function rootPaths(expression: Expression): RootPath[] {
  const found: RootPath[] = [];
  collect(expression.syntaxTree, found);
  return found;
}

function collect(part: unknown, found: RootPath[]): void {
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

function collectPath(node: SyntaxNode, found: RootPath[]): void {
  const steps = Array.isArray(node['steps']) ? (node['steps'] as SyntaxNode[]) : [];
  const [first, second, third] = steps;
  if (first === undefined) return;
  const atRoot = first.type === 'variable' && (first.value === '$' || first.value === '');
  const [root, member] = atRoot ? [second, third] : [first, second];
  const name = nameOf(root);
  if (name !== undefined) found.push([name, nameOf(member)]);
  else if (!atRoot) collect(first, found);
}

function nameOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === 'name' && typeof node.value === 'string' ? node.value : undefined;
}
