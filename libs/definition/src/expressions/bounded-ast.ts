import jsonata from 'jsonata';
import { compileLinear } from './linear-regex.js';

/** A node of jsonata's syntax tree, as far as this module looks at it. */
export interface SyntaxNode {
  type: string;
  value?: unknown;
  [part: string]: unknown;
}

/** Parses an expression and puts a bounded `$range` in the place of each `..`, which allocates without a limit. */
export function parseBounded(text: string): jsonata.Expression {
  const compiled = jsonata(text, { stack: MAX_DEPTH, sequence: MAX_SEQUENCE });
  forEachNode(compiled.ast(), (node) => {
    boundRange(node);
    if (node.value instanceof RegExp) compileLinear(node.value);
  });
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

/** With so few `&`, and no function to go round in, a text at most doubles so often. */
const HARMLESS_JOINS = 4;

/** The nodes whose results can be larger than what they were made of, or are compared in full by the node around them. */
export function heavyNodes(tree: unknown): Set<unknown> {
  const heavy = new Set<unknown>();
  const joins = new Set<unknown>();
  let loops = false;
  forEachNode(tree, (node) => {
    if (node.type === 'lambda') loops = true;
    if (node.type === 'unary' && (node.value === '[' || node.value === '{')) heavy.add(node);
    // Each value of a step becomes a record of its own, with what `@`, `#` and `%` say about it.
    if (node.type === 'path') for (const step of tupleSteps(node['steps'])) heavy.add(step);
    if (node.type !== 'binary') return;
    if (node.value === '&') joins.add(node);
    const sides = [node['lhs'], node['rhs']];
    const isDeep = node.value === 'in' || ((node.value === '=' || node.value === '!=') && !sides.some(isLiteral));
    if (isDeep) for (const side of sides) if (!isLiteral(side)) heavy.add(side);
  });
  return loops || joins.size > HARMLESS_JOINS ? new Set([...heavy, ...joins]) : heavy;
}

/** All steps of a path when one of them binds something; else none. */
function tupleSteps(steps: unknown): readonly unknown[] {
  return Array.isArray(steps) && steps.some((step) => isNode(step) && step['tuple'] === true) ? steps : [];
}

/** The names of all variables an expression reads; without `$eval` there are no others. */
export function variableNames(tree: unknown): Set<string> {
  const names = new Set<string>();
  forEachNode(tree, (node) => {
    if (node.type === 'variable' && typeof node.value === 'string') names.add(node.value);
  });
  return names;
}

function isLiteral(part: unknown): boolean {
  return isNode(part) && (part.type === 'string' || part.type === 'number' || part.type === 'value');
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
