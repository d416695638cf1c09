import jsonata from 'jsonata';
import { never, VALUE_BYTES, type Budget } from './budget.js';
import { callCosts } from './call-costs.js';
import { ExpressionError } from './expression.error.js';
import { ownFunctions } from './own-functions.js';
import { seededRandom } from './seeded-random.js';

const MAX_RANGE = 100_000;
/** What a call of a built-in costs besides what it reads and makes. */
const CALL_STEPS = 3;

/** Built-ins that go through a list, or what an object has, and no further: what is in it costs nothing. */
const SHALLOW: ReadonlySet<string> = new Set(
  'count append exists lookup reverse zip map filter single reduce each sift type'.split(' '),
);

/** A built-in as jsonata keeps it; `this` names the environment it is called in. */
interface BuiltIn {
  _jsonata_function: true;
  implementation: (this: Focus, ...args: unknown[]) => unknown;
  signature?: unknown;
}
/** jsonata's outermost frame of one evaluation. */
export interface Base {
  budget?: Budget;
  /** Evaluations that have begun and are not over. */
  depth: number;
  RegexEngine?: unknown;
  lookup: (name: string) => unknown;
}

export interface Focus {
  environment: { base: Base };
  createSequence: () => unknown[];
}

/** The names of every built-in of jsonata that works on data; `$now` and the like are below. */
export const builtInNames = (
  'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match ' +
  'contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power ' +
  'boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert type ' +
  'sort distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval toMillis ' +
  'fromMillis clone'
).split(' ');

const originals = (await jsonata(`[${builtInNames.map((name) => `$${name}`).join(',')}]`).evaluate(null)) as BuiltIn[];

/**
 * The built-ins, each charging what it reads and makes to the budget of the evaluation that calls it.
 * They are shared by all expressions, so nothing an expression does may change them.
 */
export function boundedFunctions(budgetOf: (base: Base) => Budget): Record<string, unknown> {
  return {
    ...Object.fromEntries(builtInNames.map((name, i) => [name, bounded(name, originals[i] as BuiltIn, budgetOf)])),
    range: range(budgetOf),
  };
}

function bounded(name: string, original: BuiltIn, budgetOf: (base: Base) => Budget): BuiltIn {
  const cost = callCosts[name];
  const [reads, makes] = SHALLOW.has(name) ? [passed, listed] : [read, made];
  const implementation = function (this: Focus, ...args: unknown[]): unknown {
    const budget = budgetOf(this.environment.base);
    const failed = (error: unknown): Promise<never> => {
      if (budget.isOver) return never();
      throw error;
    };
    const charged = (result: unknown): unknown => {
      makes(budget, result);
      return result;
    };
    try {
      budget.step(CALL_STEPS);
      for (const arg of args) reads(budget, arg);
      cost?.(budget, args);
      const result = (ownFunctions[name] ?? original.implementation).apply(this, args as never[]);
      return result instanceof Promise ? result.then(charged).catch(failed) : charged(result);
    } catch (error) {
      return failed(error);
    }
  };
  // jsonata reads the names of the parameters in the text of the function when one is applied partially.
  const text = original.implementation.toString();
  Object.defineProperty(implementation, 'toString', { value: () => text });
  return sealed({
    _jsonata_function: true,
    implementation: Object.freeze(implementation),
    signature: original.signature,
  });
}

function read(budget: Budget, value: unknown): void {
  if (typeof value === 'object' || typeof value === 'string') budget.read(value);
}

function made(budget: Budget, value: unknown): void {
  if (typeof value === 'object' || typeof value === 'string') budget.made(value);
}

function passed(budget: Budget, value: unknown): void {
  budget.probe(value, false);
}

function listed(budget: Budget, value: unknown): void {
  if (Array.isArray(value)) budget.make(value.length * VALUE_BYTES);
}

/** jsonata notes the place of the call in a function; an expression finds nothing else in it to change. */
function sealed(builtIn: BuiltIn): BuiltIn {
  for (const key of Object.keys(builtIn)) Object.defineProperty(builtIn, key, { writable: false, configurable: false });
  return Object.preventExtensions(Object.assign(builtIn, { token: undefined, position: undefined }));
}

/** `[from..to]`, see bounded-ast.ts. */
function range(budgetOf: (base: Base) => Budget): BuiltIn {
  const implementation = function (this: Focus, from: unknown, to: unknown): number[] | undefined {
    if (from === undefined || to === undefined) return undefined;
    if (!Number.isInteger(from) || !Number.isInteger(to)) {
      throw ExpressionError.from('..', { message: 'both ends of a range must be whole numbers' });
    }
    const first = from as number;
    const size = Math.max(0, (to as number) - first + 1);
    if (size > MAX_RANGE) throw ExpressionError.overLimit(`A range may have at most ${MAX_RANGE} elements.`);
    budgetOf(this.environment.base).make(size * VALUE_BYTES);
    return Array.from({ length: size }, (_, i) => first + i);
  };
  return sealed({ _jsonata_function: true, implementation: Object.freeze(implementation) });
}

export const deterministicNames = ['now', 'millis', 'random', 'shuffle'] as const;
export type DeterministicName = (typeof deterministicNames)[number];

/** `$now`, `$millis`, `$random` and `$shuffle`, fixed per place in a run. */
export function deterministicFunctions(
  nowMs: number,
  seed: string,
  budgetOf: (base: Base) => Budget,
): Record<DeterministicName, unknown> {
  const random = seededRandom(seed);
  return {
    now: () => new Date(nowMs).toISOString(),
    millis: () => nowMs,
    random,
    shuffle: sealed({
      _jsonata_function: true,
      implementation: function (this: Focus, list: unknown): unknown {
        if (!Array.isArray(list)) return list;
        budgetOf(this.environment.base).made(list);
        return shuffled(list as unknown[], random);
      },
    }),
  };
}

/** Fisher-Yates. */
function shuffled(list: readonly unknown[], random: () => number): unknown[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
