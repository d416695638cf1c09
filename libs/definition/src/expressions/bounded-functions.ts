import jsonata from 'jsonata';
import { MAX_TEXT, type Budget } from './budget.js';
import { ExpressionError } from './expression.error.js';
import { ownFunctions } from './own-functions.js';
import { seededRandom } from './seeded-random.js';

const MAX_RANGE = 100_000;
/** A picture of a number or a time may be this long, and a time read by one. */
const MAX_PICTURE = 200;
/** Reading a picture takes as long as so many steps; one of a number is checked at length. */
const PICTURE_STEPS = 6;
const PICTURE_LENGTH_A_STEP = 8;
const NUMBER_PICTURE_STEPS = 16;
/** And each part of one of a time. */
const TIME_PART_STEPS = 2;
const MAX_TIME_PICTURE_PARTS = 8;
const MAX_TIME_TEXT = 40;
const VALUE_BYTES = 16;
/** Runs of white space that are replaced in the time of one step. */
const SPACES_A_STEP = 12;
/** A copy is written as JSON and read again. */
const CLONE_STEPS = 4;
/** What a call of a built-in costs besides what it reads and makes. */
const CALL_STEPS = 3;

/** A built-in as jsonata keeps it; `this` names the environment it is called in. */
interface BuiltIn {
  _jsonata_function: true;
  implementation: (this: Focus, ...args: unknown[]) => unknown;
  signature?: unknown;
}
/** jsonata's outermost frame of one evaluation. */
export interface Base {
  budget?: Budget;
  RegexEngine?: unknown;
  lookup: (name: string) => unknown;
}

export interface Focus {
  environment: { base: Base };
  createSequence: () => unknown[];
}

/** What a call may make, refused before it is made. */
const refusals: Readonly<Record<string, (budget: Budget, args: readonly unknown[]) => void>> = {
  pad: (_budget, [, width]) => {
    if (typeof width === 'number' && Math.abs(width) > MAX_TEXT) throw tooLong('$pad');
  },
  join: (budget, [list, separator]) => {
    if (Array.isArray(list) && typeof separator === 'string') budget.make(list.length * separator.length);
  },
  replace: (budget, [text, , replacement]) => {
    // Each match costs one addition; what the additions make is charged with the result, before anything reads it.
    if (typeof text === 'string') budget.step(Math.ceil(text.length / 64));
    if (typeof replacement === 'string' && replacement.length > MAX_TEXT / 16) throw tooLong('$replace');
  },
  split: (budget, [text, separator]) => {
    if (typeof text === 'string' && (separator === '' || typeof separator === 'function')) {
      budget.make(text.length * VALUE_BYTES);
    }
  },
  string: (budget, [value]) => budget.made(value),
  trim: (budget, [text]) => {
    // Each run of white space is replaced, those that are a single space already too.
    if (typeof text === 'string') budget.step(spacesIn(text) / SPACES_A_STEP);
  },
  clone: (budget) => budget.step(CLONE_STEPS),
  sort: (budget, [list]) => {
    // A comparison of the built-in's own; those of a function cost what the function does besides.
    if (Array.isArray(list)) budget.step((list.length * Math.log2(list.length + 1)) / 2);
  },
  formatNumber: (budget, [, picture]) => {
    budget.step(NUMBER_PICTURE_STEPS);
    shortPicture(budget, picture);
  },
  formatInteger: (budget, [value, picture]) => {
    shortPicture(budget, picture);
    // Roman numerals: a thousand is a character.
    if (typeof value === 'number' && /^[iI]/.test(String(picture))) budget.step(Math.abs(value) / 50_000);
    if (typeof value === 'number' && Math.abs(value) > 1e6 && /^[iI]/.test(String(picture))) {
      throw tooLong('$formatInteger');
    }
  },
  parseInteger: (budget, [text, picture]) => {
    shortPicture(budget, text);
    shortPicture(budget, picture);
  },
  fromMillis: (budget, [, picture]) => {
    shortPicture(budget, picture);
    if (typeof picture === 'string') budget.step(picture.split('[').length * TIME_PART_STEPS);
  },
  toMillis: (budget, [text, picture]) => {
    shortPicture(budget, text);
    if (typeof picture !== 'string') return;
    shortPicture(budget, picture);
    if (String(text).length > MAX_TIME_TEXT || picture.split('[').length - 1 > MAX_TIME_PICTURE_PARTS) {
      throw ExpressionError.overLimit(
        `$toMillis with a picture takes a text of at most ${MAX_TIME_TEXT} characters and ${MAX_TIME_PICTURE_PARTS} parts.`,
      );
    }
  },
  eval: () => {
    throw ExpressionError.from('$eval', { message: 'it is not available' });
  },
};

/** The names of every built-in of jsonata that works on data; `$now` and the like are below. */
const NAMES = (
  'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match ' +
  'contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power ' +
  'boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert type ' +
  'sort distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval toMillis ' +
  'fromMillis clone'
).split(' ');

const originals = (await jsonata(`[${NAMES.map((name) => `$${name}`).join(',')}]`).evaluate(null)) as BuiltIn[];

/**
 * The built-ins, each charging what it reads and makes to the budget of the evaluation that calls it.
 * They are shared by all expressions, so nothing an expression does may change them.
 */
export function boundedFunctions(budgetOf: (base: Base) => Budget): Record<string, unknown> {
  return {
    ...Object.fromEntries(NAMES.map((name, i) => [name, bounded(name, originals[i] as BuiltIn, budgetOf)])),
    range: range(budgetOf),
  };
}

function bounded(name: string, original: BuiltIn, budgetOf: (base: Base) => Budget): BuiltIn {
  const refuse = refusals[name];
  const implementation = function (this: Focus, ...args: unknown[]): unknown {
    const budget = budgetOf(this.environment.base);
    budget.step(CALL_STEPS);
    for (const arg of args) if (typeof arg === 'object' || typeof arg === 'string') budget.read(arg);
    refuse?.(budget, args);
    const result = (ownFunctions[name] ?? original.implementation).apply(this, args as never[]);
    return result instanceof Promise ? result.then((value) => charged(budget, value)) : charged(budget, result);
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

function charged(budget: Budget, value: unknown): unknown {
  if (typeof value === 'object' || typeof value === 'string') budget.made(value);
  return value;
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

function spacesIn(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 32 || unit === 10 || unit === 9 || unit === 13) count += 1;
  }
  return count;
}

function shortPicture(budget: Budget, picture: unknown): void {
  budget.step(PICTURE_STEPS + (typeof picture === 'string' ? picture.length / PICTURE_LENGTH_A_STEP : 0));
  if (typeof picture === 'string' && picture.length > MAX_PICTURE) {
    throw ExpressionError.overLimit(`A picture, or what is read by one, may have at most ${MAX_PICTURE} characters.`);
  }
}

function tooLong(name: string): ExpressionError {
  return ExpressionError.overLimit(`${name} makes at most ${MAX_TEXT} characters.`);
}

/** `$now`, `$millis`, `$random` and `$shuffle`, fixed per place in a run. */
export function deterministicFunctions(
  nowMs: number,
  seed: string,
  budgetOf: (base: Base) => Budget,
): Record<string, unknown> {
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
