import { forEachNode, isNode, type SyntaxNode } from './bounded-ast.js';
import type { Budget } from './budget.js';

/** What a node costs besides the step that each is: when its evaluation begins, over its input, and over its result. */
export interface NodeCost {
  enter?: (budget: Budget, input: unknown) => void;
  leave?: (budget: Budget, result: unknown) => void;
}

/** What takes longer than other nodes do, and so many steps more: lists, records and functions that it makes. */
const MORE_STEPS: Readonly<Record<string, number>> = { lambda: 1, transform: 4, '[': 1, '{': 4 };
/** Each step of a path makes two lists. */
const PATH_STEP_STEPS = 0.5;
/** Each item of `[...]` is waited for. */
const ITEM_STEPS = 2;
/** jsonata reads the text of a built-in and parses one of its own for each partial application. */
const PARTIAL_STEPS = 100;
/** A comparison of `^(...)`, besides what it evaluates: jsonata waits for each, and copies what is left to merge. */
const COMPARISON_STEPS = 3;
/** Members of an object that `*` finds in the time of one step. */
const GATHERED_A_STEP = 4;
/** A record with what `@`, `#` and `%` bind, for each value of a step. */
const RECORD_STEPS = 1;

/** With so few `&`, and no function to go round in, a text at most doubles so often. */
const HARMLESS_JOINS = 4;

/**
 * What jsonata does besides evaluating nodes one after the other: it goes through lists, copies them, asks values whether they
 * are true. Each node's share of that is charged by size, from measurements (`killers/`), before it is done.
 */
export function nodeCosts(tree: unknown): Map<unknown, NodeCost> {
  const costs = new Map<unknown, NodeCost>();
  const entering = (node: unknown, cost: NonNullable<NodeCost['enter']>): void => add(costs, node, 'enter', cost);
  const leaving = (node: unknown, cost: NonNullable<NodeCost['leave']>): void => add(costs, node, 'leave', cost);
  const joins: SyntaxNode[] = [];
  let loops = false;
  forEachNode(tree, (node) => {
    const { type, value } = node;
    const more = MORE_STEPS[type === 'unary' ? String(value) : type];
    if (more !== undefined) entering(node, (budget) => budget.step(more));
    if (type === 'path') {
      const steps = node['steps'] as readonly unknown[];
      entering(node, (budget) => budget.step(steps.length * PATH_STEP_STEPS));
    }
    if (type === 'lambda') {
      loops = true;
      // What a function says may be asked whether it is true, by `$filter`.
      leaving(node['body'], asked);
    }
    if (type === 'name') entering(node, (budget, input) => budget.probe(input, false));
    if (type === 'name' || type === 'variable' || type === 'parent')
      leaving(node, (budget, result) => budget.scan(result));
    // These walk through all of their input, a part that is in it twice both times.
    if (type === 'descendant' || type === 'wildcard') entering(node, (budget, input) => budget.read(input));
    if (type === 'wildcard') entering(node, gathered);
    if (type === 'partial') entering(node, (budget) => budget.step(PARTIAL_STEPS));
    if (type === 'condition') leaving(node['condition'], asked);
    for (const filter of filtersOf(node)) leaving(filter, asked);
    for (const term of termsOf(node)) entering(term, (budget) => budget.step(COMPARISON_STEPS / 2));
    if (isNode(node['group'])) grouping(node['group'], tupleSteps(node['steps']).length + 1);
    for (const step of tupleSteps(node['steps'])) leaving(step, recorded);
    if (type === 'unary' && value === '[') list(node);
    if (type === 'unary' && value === '{') {
      leaving(node, made);
      entering(node, (budget, input) => {
        if (Array.isArray(input)) budget.copy(input.length, input.length / 2);
      });
    }
    if (type === 'binary') binary(node);
  });
  if (loops || joins.length > HARMLESS_JOINS) for (const join of joins) leaving(join, made);
  return costs;

  /** jsonata appends one item after the other, each time by a copy of what is there. */
  function list(node: SyntaxNode): void {
    leaving(node, made);
    const items = node['expressions'] as readonly unknown[];
    entering(node, (budget) => budget.step(items.length * ITEM_STEPS));
    items.forEach((item, i) => {
      leaving(item, (budget, result) => budget.copy(Array.isArray(result) ? result.length : 1, items.length - i));
    });
  }

  /** Each group is a list that an item is appended to in the same way, and with bindings a list for each of them. */
  function grouping(group: SyntaxNode, lists: number): void {
    for (const [key] of group['lhs'] as readonly [unknown, unknown][]) {
      leaving(key, (budget) => budget.grow(key, lists));
    }
  }

  function binary(node: SyntaxNode): void {
    const sides = [node['lhs'], node['rhs']];
    const { value } = node;
    if (value === '&') {
      joins.push(node);
      for (const side of sides) leaving(side, joined);
    } else if (value === 'and' || value === 'or') for (const side of sides) leaving(side, asked);
    else if (typeof value === 'string' && COMPARISONS.has(value) && !sides.some(isLiteral)) {
      for (const side of sides) leaving(side, (budget, result) => budget.compare(result));
    }
  }
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=', 'in']);

const asked = (budget: Budget, result: unknown): void => budget.probe(result);
const made = (budget: Budget, result: unknown): void => budget.made(result);

/** Anything but a text is written as JSON first. */
function joined(budget: Budget, result: unknown): void {
  if (typeof result === 'object') budget.read(result);
}

function recorded(budget: Budget, result: unknown): void {
  budget.made(result);
  if (Array.isArray(result)) budget.step(result.length * RECORD_STEPS);
}

/** `*` appends each member that is a list to a copy of all before it. */
function gathered(budget: Budget, input: unknown): void {
  if (typeof input !== 'object' || input === null) return;
  let size = 0;
  for (const member of Object.values(input)) {
    budget.scan(member);
    if (Array.isArray(member)) budget.copy(size);
    size += Array.isArray(member) ? member.length : 1;
  }
  budget.step(size / GATHERED_A_STEP);
}

function add<K extends keyof NodeCost>(
  costs: Map<unknown, NodeCost>,
  node: unknown,
  when: K,
  cost: NonNullable<NodeCost[K]>,
): void {
  const known = costs.get(node) ?? {};
  const before = known[when];
  costs.set(node, {
    ...known,
    [when]:
      before === undefined
        ? cost
        : (budget: Budget, value: unknown) => {
            before(budget, value);
            cost(budget, value);
          },
  });
}

/** The expressions in brackets, which are asked of each item. */
function filtersOf(node: SyntaxNode): unknown[] {
  return [node['predicate'], node['stages']]
    .flatMap((filters) => (Array.isArray(filters) ? (filters as unknown[]) : []))
    .map((filter) => (isNode(filter) ? filter['expr'] : undefined))
    .filter(isNode);
}

/** What a sort compares by. */
function termsOf(node: SyntaxNode): unknown[] {
  if (node.type !== 'sort' || !Array.isArray(node['terms'])) return [];
  return (node['terms'] as { expression: unknown }[]).map(({ expression }) => expression);
}

/** All steps of a path when one of them binds something; else none. */
function tupleSteps(steps: unknown): readonly unknown[] {
  return Array.isArray(steps) && steps.some((step) => isNode(step) && step['tuple'] === true) ? steps : [];
}

function isLiteral(part: unknown): boolean {
  return isNode(part) && (part.type === 'string' || part.type === 'number' || part.type === 'value');
}
