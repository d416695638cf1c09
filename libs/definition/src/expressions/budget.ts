import { ExpressionError } from './expression.error.js';

/** What the values an expression makes may weigh together, in bytes as `weigh` counts them. */
const MAX_MADE = 16 * 1_048_576;
/** What one value may weigh; so no later step can take longer over it than a budget has. */
const MAX_VALUE = 4 * 1_048_576;
/** Longest text an expression may make, in UTF-16 units. */
export const MAX_TEXT = 1_048_576;
const BYTES_A_STEP = 128;
const VALUE_BYTES = 16;

/** What one evaluation has left. Everything that takes time or memory is charged before, or right after, it happens. */
export class Budget {
  private steps: number;
  private bytes = MAX_MADE;

  /**
   * @param maxSteps steps the expression may take: 20,000 are at most about 50 ms of CPU, whatever it does. Counted, not
   * timed, so that a slow machine agrees; what takes longer than other things counts as several.
   */
  constructor(private readonly maxSteps: number) {
    this.steps = maxSteps;
  }

  /** @throws ExpressionError when the steps are used up */
  step(count = 1): void {
    this.steps -= count;
    if (this.steps >= 0) return;
    throw ExpressionError.overLimit(`An expression may take at most ${this.maxSteps} steps (EXPRESSION_MAX_STEPS).`);
  }

  /** Reading a value as a whole costs time. */
  read(value: unknown): void {
    this.step(weigh(value, MAX_VALUE) / BYTES_A_STEP);
  }

  /** A value that was made costs time and memory. */
  made(value: unknown): void {
    this.make(weigh(value, MAX_VALUE));
  }

  /** Charges bytes that are about to be made. */
  make(bytes: number): void {
    this.step(bytes / BYTES_A_STEP);
    this.bytes -= bytes;
    if (this.bytes < 0) throw ExpressionError.overLimit('The values an expression makes may take at most 16 MiB.');
  }
}

/**
 * About how many bytes a value takes, a part that is in it twice counted twice.
 * @throws ExpressionError above the limit, so that a value that holds itself ends too
 */
function weigh(value: unknown, limit: number): number {
  let total = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const part = open.pop();
    total += VALUE_BYTES;
    if (typeof part === 'string') {
      if (part.length > MAX_TEXT) throw ExpressionError.overLimit(`A text may have at most ${MAX_TEXT} characters.`);
      total += part.length;
    } else if (Array.isArray(part)) {
      total += part.length * VALUE_BYTES;
      if (total <= limit) pushHeavy(open, part);
    } else if (typeof part === 'object' && part !== null && !isFunction(part)) {
      for (const key of Object.keys(part)) {
        total += VALUE_BYTES + key.length;
        if (total > limit) break;
        open.push((part as Record<string, unknown>)[key]);
      }
    }
    if (total > limit) throw ExpressionError.overLimit('A value inside an expression may take at most 4 MiB.');
  }
  return total;
}

function pushHeavy(open: unknown[], items: readonly unknown[]): void {
  for (const item of items) if (typeof item === 'object' || typeof item === 'string') open.push(item);
}

/** jsonata's functions are objects that hold their whole environment. */
function isFunction(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}
