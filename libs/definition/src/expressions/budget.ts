import { ExpressionError } from './expression.error.js';
import { look, type Evaluation } from './turns.js';

/** What steps may take on average, in ms of CPU: 20,000 are 50 ms. Most take a fifth of it (ADR 15). */
const MS_A_STEP = 50 / 20_000;
/** The clock may be behind, and failing takes time too; so an expression is ended before all of it is gone. */
const USABLE = 0.7;
/** So many steps at once are begun only when there is time for them. */
const MANY_STEPS = 400;

/** What the values an expression makes may weigh together, in bytes as `weigh` counts them. */
const MAX_MADE = 16 * 1_048_576;
/** What one value may weigh; so no later step can take longer over it than a budget has. */
const MAX_VALUE = 4 * 1_048_576;
/** Longest text an expression may make, in UTF-16 units. */
export const MAX_TEXT = 1_048_576;
const BYTES_A_STEP = 128;
export const VALUE_BYTES = 16;
const KEY_BYTES = 32;
/** An object of so many members is kept as a table, which takes longer to go through. */
const LARGE_OBJECT = 1_000;
const LARGE_KEYS_A_STEP = 2;
/** Items of a list that are looked at, or put into another, in the time of one step. */
const ITEMS_A_STEP = 32;
/** Items that are asked whether they are true, and objects that are asked for a member. */
const ASKED_A_STEP = 10;
const LOOKED_UP_A_STEP = 9;
/** Items that are copied as a block; with so many the copy has pages of its own, which takes longer. */
const COPIES_A_STEP = 200;
const LARGE_LIST = 16_000;
const LARGE_COPIES_A_STEP = 64;
/** Characters of a text that are compared with another in the time of one step. */
const COMPARED_A_STEP = 16_384;

/** What one evaluation has left. Everything that takes time or memory is charged before, or right after, it happens. */
export class Budget implements Evaluation {
  taken = 0;
  private heldMs = 0;
  private bytes = MAX_MADE;
  private readonly grown = new Map<unknown, number>();
  /** Why nothing of the evaluation is wanted any more. */
  private over: Error | undefined;
  /** Told once, when it is over. */
  onOver: (why: Error) => void = () => undefined;

  /**
   * @param maxSteps steps the expression may take. Counted, so that a slow machine agrees; what takes longer than other
   * things counts as several (ADR 15). Only when they take longer than `MS_A_STEP` on average does the clock end it.
   */
  constructor(private readonly maxSteps: number) {}

  /** @throws ExpressionError when the steps are used up, or there is no time for so many */
  step(count = 1): void {
    if (this.over !== undefined) throw this.over;
    this.taken += count;
    if (this.taken > this.maxSteps) {
      this.fail(`An expression may take at most ${this.maxSteps} steps (EXPRESSION_MAX_STEPS).`);
    }
    if (count < MANY_STEPS) return;
    look(this);
    this.inTime(count);
  }

  hold(ms: number): void {
    this.heldMs += ms;
  }

  inTime(ahead = 0): void {
    const maxMs = this.maxSteps * MS_A_STEP;
    if (this.heldMs + ahead * MS_A_STEP * USABLE <= maxMs * USABLE) return;
    this.fail(
      `An expression may take at most ${maxMs} ms of CPU (EXPRESSION_MAX_STEPS). After ` +
        `${Math.ceil(this.taken - ahead)} of its ${this.maxSteps} steps this one had taken ${Math.ceil(this.heldMs)}, too ` +
        'many to go on: where the machine has less to do it may pass.',
    );
  }

  /** Whether nothing of the evaluation is wanted any more. */
  get isOver(): boolean {
    return this.over !== undefined;
  }

  private fail(message: string): never {
    const error = ExpressionError.overLimit(message);
    this.end(error);
    throw error;
  }

  /** Nothing that is still under way goes on: of two things side by side one may have failed. */
  end(why = new Error('The evaluation is over.')): void {
    if (this.isOver) return;
    this.over = why;
    this.onOver(why);
  }

  /** Reading a value as a whole costs time. */
  read(value: unknown): void {
    this.step(this.weigh(value) / BYTES_A_STEP);
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
        const keys = Object.keys(part).length;
        this.step((keys + 1) / (keys > LARGE_OBJECT ? LARGE_KEYS_A_STEP : perStep));
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
    this.make(this.weigh(value));
  }

  /** Charges bytes that are about to be made. */
  make(bytes: number): void {
    this.step(bytes / BYTES_A_STEP);
    this.bytes -= bytes;
    if (this.bytes < 0) this.fail('The values an expression makes may take at most 16 MiB.');
  }

  /**
   * About how many bytes a value takes, a part that is in it twice counted twice.
   * @throws ExpressionError above the limit, so that a value that holds itself ends too
   */
  private weigh(value: unknown): number {
    let total = 0;
    const open: unknown[] = [value];
    while (open.length > 0) {
      const part = open.pop();
      total += VALUE_BYTES;
      if (typeof part === 'string') {
        if (part.length > MAX_TEXT) this.fail(`A text may have at most ${MAX_TEXT} characters.`);
        total += part.length;
      } else if (Array.isArray(part)) {
        total += part.length * VALUE_BYTES;
        if (total <= MAX_VALUE) pushHeavy(open, part);
      } else if (typeof part === 'object' && part !== null && !isFunction(part)) {
        const keys = Object.keys(part);
        if (keys.length > LARGE_OBJECT) this.step(keys.length / LARGE_KEYS_A_STEP);
        for (const key of keys) {
          total += KEY_BYTES + key.length;
          if (total > MAX_VALUE) break;
          open.push((part as Record<string, unknown>)[key]);
        }
      }
      if (total > MAX_VALUE) this.fail('A value inside an expression may take at most 4 MiB.');
    }
    return total;
  }
}

function pushHeavy(open: unknown[], items: readonly unknown[]): void {
  for (const item of items) if (typeof item === 'object' || typeof item === 'string') open.push(item);
}

/**
 * What jsonata waits for in an evaluation that has failed. To let the error go up through all that is under way would take as
 * long again; so it waits for ever, and is forgotten as a whole.
 */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** jsonata's functions are objects that hold their whole environment. */
function isFunction(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}
