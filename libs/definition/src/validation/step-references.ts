import type { SyntaxNode } from '../expressions/bounded-ast.js';

/** What an expression reads from the root of its scope. */
export interface References {
  /** The steps that it reads as `steps.<id>`. */
  steps: string[];
  /** The secrets that it reads as `secrets.<name>`; undefined stands for one that reads `secrets` without saying which. */
  secrets: (string | undefined)[];
}

/**
 * Looks at paths that start at the root only: inside a filter or behind a first step, `steps` may be a member of the data.
 * @param tree jsonata's syntax tree
 */
export function referencesIn(tree: unknown): References {
  const found: RootPath[] = [];
  collect(tree, found);
  return {
    steps: found.flatMap(([root, member]) => (root === 'steps' && member !== undefined ? [member] : [])),
    secrets: found.flatMap(([root, member]) => (root === 'secrets' ? [member] : [])),
  };
}

/** First and second name of a path that starts at the root. */
type RootPath = readonly [root: string, member: string | undefined];

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
