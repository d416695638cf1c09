import { ExpressionError } from './expression.error.js';

/** What the values an expression makes may weigh together, in bytes as `weigh` counts them. */
const MAX_MADE = 16 * 1_048_576;
/** What one value may weigh; so no later step can take longer over it than a budget has. */
const MAX_VALUE = 4 * 1_048_576;
/** Longest text an expression may make, in UTF-16 units. */
export const MAX_TEXT = 1_048_576;
const BYTES_A_STEP = 128;
const VALUE_BYTES = 16;
const KEY_BYTES = 32;
/** Items of a list that are looked at, or put into another, in the time of one step. */
const ITEMS_A_STEP = 32;
/** Items that are asked whether they are true, and objects that are asked for a member. */
const ASKED_A_STEP = 10;
const LOOKED_UP_A_STEP = 12;
/** Items that are copied as a block; with so many the copy has pages of its own, which takes longer. */
const COPIES_A_STEP = 400;
const LARGE_LIST = 16_000;
const LARGE_COPIES_A_STEP = 64;
/** Characters of a text that are compared with another in the time of one step. */
const COMPARED_A_STEP = 16_384;

/** What one evaluation has left. Everything that takes time or memory is charged before, or right after, it happens. */
export class Budget {
  private steps: number;
  private bytes = MAX_MADE;
  private readonly grown = new Map<unknown, number>();
  /** What everything that is still under way beside the first to know fails with too: an error is not free. */
  private over: ExpressionError | undefined;

  /**
   * @param maxSteps steps the expression may take: 20,000 are about 50 ms of CPU, whatever it does (ADR 15). Counted, not
   * timed, so that a slow machine agrees; what takes longer than other things counts as several.
   */
  constructor(private readonly maxSteps: number) {
    this.steps = maxSteps;
  }

  /** @throws ExpressionError when the steps are used up */
  step(count = 1): void {
    this.steps -= count;
    if (this.steps >= 0) return;
    this.over ??= ExpressionError.overLimit(
      `An expression may take at most ${this.maxSteps} steps (EXPRESSION_MAX_STEPS).`,
    );
    throw this.over;
  }

  /** Reading a value as a whole costs time. */
  read(value: unknown): void {
    this.step(weigh(value, MAX_VALUE) / BYTES_A_STEP);
  }

  /** A list is gone through, without what its items are. Of anything else nothing is. */
  scan(value: unknown): void {
    if (Array.isArray(value)) this.step(value.length / ITEMS_A_STEP);
  }

  /**
   * A value is asked for a member, or whether it is true: lists within lists are gone through, and for the latter the keys of
   * objects are listed.
   */
  probe(value: unknown, listsKeys = true): void {
    const perStep = listsKeys ? ASKED_A_STEP : LOOKED_UP_A_STEP;
    const open: unknown[] = [value];
    while (open.length > 0) {
      const part = open.pop();
      if (Array.isArray(part)) {
        this.step((part.length + 1) / perStep);
        for (const item of part) {
          if (listsKeys ? typeof item === 'object' && item !== null : Array.isArray(item)) open.push(item);
        }
      } else if (listsKeys && typeof part === 'object' && part !== null && !isFunction(part)) {
        this.step((Object.keys(part).length + 1) / perStep);
      }
    }
  }

  /** A list of so many items is copied so many times. */
  copy(items: number, times = 1): void {
    this.step((items * times) / (items < LARGE_LIST ? COPIES_A_STEP : LARGE_COPIES_A_STEP));
  }

  /** A text is compared with another, or something else is read to be compared. */
  compare(value: unknown): void {
    if (typeof value === 'string') this.step(value.length / COMPARED_A_STEP);
    else if (typeof value === 'object') this.read(value);
  }

  /** One more item was put into a list that belongs to `owner`, by copying it with all that were there. */
  grow(owner: unknown, lists: number): void {
    const size = this.grown.get(owner) ?? 0;
    this.grown.set(owner, size + 1);
    this.copy(size, lists);
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
        total += KEY_BYTES + key.length;
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
