import jsonata from 'jsonata';

/** A node of jsonata's syntax tree, as far as this module looks at it. */
export interface SyntaxNode {
  type: string;
  value?: unknown;
  [part: string]: unknown;
}

/** Parses an expression and puts a bounded `$range` in the place of each `..`, which allocates without a limit. */
export function parseBounded(text: string): jsonata.Expression {
  const compiled = jsonata(text, { stack: MAX_DEPTH, sequence: MAX_SEQUENCE });
  forEachNode(compiled.ast(), boundRange);
  return compiled;
}

/** Deepest nesting of an evaluation, and most values that one path may gather. */
const MAX_DEPTH = 300;
const MAX_SEQUENCE = 100_000;

/** Visits every node of a syntax tree, parents first. */
export function forEachNode(part: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(part)) {
    for (const item of part) forEachNode(item, visit);
  } else if (isNode(part)) {
    visit(part);
    for (const value of Object.values(part)) if (typeof value === 'object') forEachNode(value, visit);
  }
}

function isNode(part: unknown): part is SyntaxNode {
  return typeof part === 'object' && part !== null;
}

function boundRange(node: SyntaxNode): void {
  if (node.type !== 'binary' || node.value !== '..') return;
  const args = [node['lhs'], node['rhs']];
  delete node['lhs'];
  delete node['rhs'];
  Object.assign(node, {
    type: 'function',
    value: '(',
    procedure: { type: 'variable', value: 'range' },
    arguments: args,
  });
}
