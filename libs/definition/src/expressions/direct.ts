import { isNode, type SyntaxNode } from './bounded-ast.js';

/** Gives the value of an expression over a scope at once, or `undecided`. */
export type Direct = (scope: unknown) => unknown;

/** Said instead of a value: jsonata is to be asked. */
export const undecided = Symbol('undecided');

/** Nodes, and names in a path, of an expression that is evaluated at once: it has no loops, so it takes no more steps. */
const MOST_NODES = 100;
const MOST_NAMES = 10;
/** More steps than jsonata would count for any of these. */
export const DIRECT_STEPS = 5_000;
/** Longest text that is put together, or compared, at once, in UTF-16 units. */
const MOST_TEXT = 10_000;

/** Thrown where a value is met that jsonata treats in a way of its own: a list, a function, an error. */
const beyond = new Error('Beyond what is evaluated at once');

type Compile = (part: unknown) => Direct;

/**
 * Most expressions of workflows are names behind dots, arithmetic, comparisons, texts put together and records of these. jsonata
 * evaluates each node by a promise; these have nothing to wait for, and are closures here. Whatever they do not know,
 * in the expression or in the data, they leave to jsonata: what they say is what it says (`direct.spec.ts` compares).
 * @returns undefined when the expression is not one of these
 */
export function compileDirect(tree: unknown): Direct | undefined {
  let nodes = 0;
  const compile = (part: unknown): Direct => {
    nodes += 1;
    if (nodes > MOST_NODES || !isNode(part)) throw beyond;
    const known = forms[part.type === 'unary' ? `unary ${String(part.value)}` : part.type];
    // A member that is not expected asks for something that is not known here.
    if (known === undefined || !Object.keys(part).every((member) => known.members.has(member))) throw beyond;
    return known.make(part, compile);
  };
  const direct = orElse(undefined, () => compile(tree));
  return direct && ((scope) => orElse(undecided, () => direct(scope)));
}

function orElse<T, E>(otherwise: E, evaluate: () => T): T | E {
  try {
    return evaluate();
  } catch (error) {
    if (error === beyond) return otherwise;
    throw error;
  }
}

/** A kind of node. */
interface Form {
  /** What such a node may have. */
  members: ReadonlySet<string>;
  make: (node: SyntaxNode, compile: Compile) => Direct;
}

function form(members: string, make: Form['make']): Form {
  return { members: new Set(['type', 'position', ...members.split(' ')]), make };
}

const literal = form(
  'value',
  ({ value }) =>
    () =>
      value,
);

const forms: Readonly<Record<string, Form>> = {
  string: literal,
  number: literal,
  value: literal,
  path: form('steps', ({ steps }) => {
    const names = (steps as readonly unknown[]).map(nameOf);
    if (names.length > MOST_NAMES) throw beyond;
    return (scope) => follow(scope, names);
  }),
  block: form('expressions', ({ expressions }, compile) => {
    const [only, ...others] = expressions as readonly unknown[];
    if (others.length > 0) throw beyond;
    return compile(only);
  }),
  condition: form('condition then else', (node, compile) => {
    const condition = compile(node['condition']);
    const yes = compile(node['then']);
    const no = node['else'] === undefined ? nothing : compile(node['else']);
    return (scope) => (isTrue(condition(scope)) ? yes(scope) : no(scope));
  }),
  'unary -': form('value expression', ({ expression }, compile) => {
    const of = compile(expression);
    return (scope) => {
      const value = of(scope);
      return value === undefined ? undefined : -numberOf(value);
    };
  }),
  'unary {': form('value lhs', ({ lhs }, compile) => {
    const members = (lhs as readonly (readonly [unknown, unknown])[]).map(
      ([key, value]) => [keyOf(key), compile(value)] as const,
    );
    if (new Set(members.map(([key]) => key)).size < members.length) throw beyond;
    return (scope) => {
      const record: Record<string, unknown> = {};
      for (const [key, of] of members) {
        const value = of(scope);
        if (value !== undefined) record[key] = value;
      }
      return record;
    };
  }),
  binary: form('value lhs rhs', (node, compile) => {
    const operator = operators[String(node.value)];
    if (operator === undefined) throw beyond;
    return operator(compile(node['lhs']), compile(node['rhs']));
  }),
};

const nothing: Direct = () => undefined;

/** A step of a path that is a name and nothing else. */
function nameOf(step: unknown): string {
  if (!isNode(step) || step.type !== 'name' || typeof step.value !== 'string') throw beyond;
  if (Object.keys(step).length > 3 || !('position' in step)) throw beyond;
  return step.value;
}

/** `__proto__` would not become a member, and jsonata takes objects with the other two for functions. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', '_jsonata_lambda', '_jsonata_function']);

function keyOf(key: unknown): string {
  if (!isNode(key) || key.type !== 'string' || typeof key.value !== 'string') throw beyond;
  if (RESERVED.has(key.value)) throw beyond;
  return key.value;
}

/** The value behind names; a list is one only at the end, where it is the value as it is. */
function follow(scope: unknown, names: readonly string[]): unknown {
  let value = scope;
  for (const name of names) {
    if (Array.isArray(value)) throw beyond;
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'function') throw beyond;
      return undefined;
    }
    if (isFunction(value)) throw beyond;
    if (!Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
    if (value === undefined) return undefined;
  }
  return value;
}

function isFunction(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw beyond;
  return value;
}

/** As `$boolean` has it. Whether an object has members takes as long as it has: that is jsonata's, which charges for it. */
function isTrue(value: unknown): boolean {
  if (value === undefined) return false;
  if (!isPrimitive(value)) throw beyond;
  return Boolean(value);
}

type Operator = (left: Direct, right: Direct) => Direct;

function arithmetic(compute: (left: number, right: number) => number): Operator {
  return (left, right) => (scope) => {
    const [a, b] = [left(scope), right(scope)];
    if (a !== undefined) numberOf(a);
    if (b !== undefined) numberOf(b);
    return a === undefined || b === undefined ? undefined : numberOf(compute(a as number, b as number));
  };
}

function comparison(compare: <T extends string | number>(left: T, right: T) => boolean): Operator {
  return (left, right) => (scope) => {
    const [a, b] = [left(scope), right(scope)];
    if (typeof a === 'string' && typeof b === 'string') return compare(short(a), short(b));
    return compare(numberOf(a), numberOf(b));
  };
}

function equality(wanted: boolean): Operator {
  return (left, right) => (scope) => {
    const [a, b] = [left(scope), right(scope)];
    if (a === undefined || b === undefined) return false;
    if (typeof a === 'string') short(a);
    if (isPrimitive(a) && isPrimitive(b)) return (a === b) === wanted;
    throw beyond;
  };
}

function short(text: string): string {
  if (text.length > MOST_TEXT) throw beyond;
  return text;
}

function isPrimitive(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

/** A text, or a number that is written in one way only. */
function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return JSON.stringify(value);
  throw beyond;
}

const operators: Readonly<Record<string, Operator>> = {
  '+': arithmetic((a, b) => a + b),
  '-': arithmetic((a, b) => a - b),
  '*': arithmetic((a, b) => a * b),
  '/': arithmetic((a, b) => a / b),
  '%': arithmetic((a, b) => a % b),
  '<': comparison((a, b) => a < b),
  '<=': comparison((a, b) => a <= b),
  '>': comparison((a, b) => a > b),
  '>=': comparison((a, b) => a >= b),
  '=': equality(true),
  '!=': equality(false),
  and: (left, right) => (scope) => isTrue(left(scope)) && isTrue(right(scope)),
  or: (left, right) => (scope) => isTrue(left(scope)) || isTrue(right(scope)),
  '&': (left, right) => (scope) => {
    return short(textOf(left(scope)) + textOf(right(scope)));
  },
};
