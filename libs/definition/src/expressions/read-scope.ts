import type { SyntaxNode } from './bounded-ast.js';
import type { Scope } from './expression.js';
import type { LazyExpression } from './lazy-expression.js';

/**
 * The part of a scope that an expression can read: for evaluating it later, when the rest is no longer at hand. Where the
 * expression does not say what it reads (`$$`, a wildcard) it is all.
 */
export function readScope(expression: LazyExpression, scope: Scope): Scope {
  const reads: Reads = { names: new Set(), steps: new Set(), allSteps: false, everything: false };
  look(expression.syntaxTree, reads, true);
  if (reads.everything) return scope;
  const kept = Object.entries(scope).filter(([name]) => reads.names.has(name));
  const { steps } = scope;
  return Object.fromEntries(
    kept.map(([name, value]) => [name, name === 'steps' && !reads.allSteps ? some(steps, reads.steps) : value]),
  );
}

interface Reads {
  /** Every name that stands anywhere: too many rather than too few. */
  names: Set<string>;
  /** Names behind `steps`. */
  steps: Set<string>;
  allSteps: boolean;
  everything: boolean;
}

function some(steps: unknown, ids: ReadonlySet<string>): unknown {
  if (typeof steps !== 'object' || steps === null) return steps;
  return Object.fromEntries(Object.entries(steps).filter(([id]) => ids.has(id)));
}

/** @param atRoot whether `$` and wildcards here are those of the whole scope, and not of something inside it */
function look(part: unknown, reads: Reads, atRoot: boolean): void {
  if (Array.isArray(part)) {
    for (const item of part) look(item, reads, atRoot);
    return;
  }
  if (typeof part !== 'object' || part === null) return;
  const node = part as SyntaxNode;
  if (node.type === 'name' && typeof node.value === 'string') reads.names.add(node.value);
  if (isWhole(node, atRoot)) reads.everything = true;
  for (const [member, value] of Object.entries(node)) {
    if (node.type === 'path' && member === 'steps') lookAlong(value as SyntaxNode[], reads, atRoot);
    else look(value, reads, atRoot && !insideOfItems.has(member));
  }
}

/** Members of a node that see an item of what it found. */
const insideOfItems: ReadonlySet<string> = new Set(['predicate', 'stages', 'group']);

function isWhole({ type, value }: SyntaxNode, atRoot: boolean): boolean {
  if (type === 'parent' || (type === 'variable' && value === '$')) return true;
  return atRoot && (type === 'wildcard' || type === 'descendant' || (type === 'variable' && value === ''));
}

function lookAlong(path: readonly SyntaxNode[], reads: Reads, atRoot: boolean): void {
  path.forEach((node, i) => {
    look(node, reads, atRoot && i === 0);
    if (node.type !== 'name' || node.value !== 'steps') return;
    const next = path[i + 1];
    const isPlain = Object.keys(node).every((member) => !insideOfItems.has(member));
    if (isPlain && next?.type === 'name' && typeof next.value === 'string') reads.steps.add(next.value);
    else reads.allSteps = true;
  });
}
