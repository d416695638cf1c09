import { MOST_EXPRESSION } from '@app/contracts';
import jsonata from 'jsonata';
import { ExpressionError } from './expression.error.js';
import { checkPatterns } from './linear-regex.js';

/** A node of jsonata's syntax tree, as far as this module looks at it. */
export interface SyntaxNode {
  type: string;
  value?: unknown;
  [part: string]: unknown;
}

/** jsonata's parser alone. What evaluates besides takes ten times as long to make for a short expression. */
const { parser } = jsonata as unknown as { parser: (text: string) => jsonata.ExprNode };

/**
 * Parses an expression and puts a bounded `$range` in the place of each `..`, which allocates without a limit.
 * @throws ExpressionError when it does not parse, or is too long
 */
export function parseBounded(text: string): jsonata.Expression {
  return parsed(text, () => {
    // No limits of jsonata's own: its limit of a sequence gives every sequence a function and costs more than what it bounds,
    // and its limit of depth counts what is evaluated side by side. The budget bounds both.
    const compiled = jsonata(text);
    const patterns: RegExp[] = [];
    forEachNode(compiled.ast(), (node) => {
      forgetParser(node);
      boundRange(node);
      if (node.value instanceof RegExp) patterns.push(node.value);
    });
    checkPatterns(patterns);
    return compiled;
  });
}

/**
 * The syntax tree of an expression that is checked and not evaluated.
 * @throws ExpressionError as `parseBounded` does
 */
export function parseOnly(text: string): jsonata.ExprNode {
  return parsed(text, () => {
    const tree = treeOf(text);
    const patterns: RegExp[] = [];
    forEachNode(tree, ({ value }) => {
      if (value instanceof RegExp) patterns.push(value);
    });
    checkPatterns(patterns);
    return tree;
  });
}

function treeOf(text: string): jsonata.ExprNode {
  try {
    return parser(text);
  } catch {
    // The parser says what is wrong as a number, the whole of jsonata in words.
    return jsonata(text).ast();
  }
}

function parsed<T>(text: string, parse: () => T): T {
  if (text.length > MOST_EXPRESSION) {
    throw ExpressionError.overLimit(`An expression may have at most ${MOST_EXPRESSION} characters.`);
  }
  try {
    return parse();
  } catch (error) {
    throw ExpressionError.from(text, error);
  }
}

/** Visits every node of a syntax tree, parents first. */
export function forEachNode(part: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(part)) {
    for (const item of part) forEachNode(item, visit);
  } else if (isNode(part)) {
    visit(part);
    for (const value of Object.values(part)) if (typeof value === 'object') forEachNode(value, visit);
  }
}

/** The names of all variables an expression reads; without `$eval` there are no others. */
export function variableNames(tree: unknown): Set<string> {
  const names = new Set<string>();
  forEachNode(tree, (node) => {
    if (node.type === 'variable' && typeof node.value === 'string') names.add(node.value);
  });
  return names;
}

/** Whether a part of a syntax tree is a node. */
export function isNode(part: unknown): part is SyntaxNode {
  return typeof part === 'object' && part !== null;
}

/**
 * A token is in the tree as the parser made it: an heir of its symbol, and so of the whole parser, 12 KB for each expression.
 * Whoever evaluates looks at the token's own members only.
 */
function forgetParser(node: SyntaxNode): void {
  if ('lbp' in node) Object.setPrototypeOf(node, Object.prototype);
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
