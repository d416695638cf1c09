import { distinctOf } from './distinct.js';

/** What jsonata calls a built-in with, as far as these need it. */
interface Focus {
  createSequence: () => unknown[];
}

/**
 * Built-ins that take too long as jsonata has them, saying the same. `$length`, `$substring` and `$pad` make a list of all
 * characters there, and `$spread` copies all members for each object.
 */
export const ownFunctions: Readonly<Record<string, (this: Focus, ...args: never[]) => unknown>> = {
  distinct(list: unknown) {
    if (!Array.isArray(list) || list.length <= 1) return list;
    const found = distinctOf(list as unknown[]);
    return 'sequence' in list ? sequenceOf(this, found) : found;
  },

  spread(value: unknown) {
    if (!Array.isArray(value)) return isRecord(value) ? sequenceOf(this, members(value)) : value;
    // Only of an empty list nothing is said; one that has a single member stays a list.
    if (value.length === 0) return this.createSequence();
    const found: unknown[] = [];
    spreadInto(found, value);
    return found;
  },

  length(text: string | undefined) {
    return text === undefined ? undefined : countOf(text);
  },

  substring(text: string | undefined, start: number, length?: number) {
    return text === undefined ? undefined : part(text, start, length);
  },

  pad(text: string | undefined, width: number, char?: string) {
    if (text === undefined) return undefined;
    const missing = Math.abs(Math.trunc(width)) - countOf(text);
    if (!(missing > 0)) return text;
    const unit = char === undefined || char === '' ? ' ' : char;
    const padding = part(unit.repeat(Math.ceil(missing / countOf(unit))), 0, missing);
    return width > 0 ? text + padding : padding + text;
  },
};

function sequenceOf(focus: Focus, values: readonly unknown[]): unknown[] {
  const sequence = focus.createSequence();
  for (const value of values) sequence.push(value);
  return sequence;
}

function spreadInto(found: unknown[], list: readonly unknown[]): void {
  for (const value of list) {
    if (Array.isArray(value)) spreadInto(found, value);
    else if (isRecord(value)) for (const member of members(value)) found.push(member);
    else if (value !== undefined) found.push(value);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !('_jsonata_lambda' in value);
}

function members(value: Record<string, unknown>): object[] {
  return Object.keys(value).map((key) => {
    const member: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    member[key] = value[key];
    return member;
  });
}

const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;

/** Code points of a text. */
export function countOf(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    if (isLow(text.charCodeAt(i)) && isHigh(text.charCodeAt(i - 1))) {
      count -= 1;
      // The next cannot be the second half of this one.
      i += 1;
    }
  }
  return count;
}

/** As `Array.prototype.slice` has it, over code points, with what jsonata makes of a start before the text. */
function part(text: string, start: number, length: number | undefined): string {
  const count = countOf(text);
  const from = count + start < 0 ? 0 : start;
  if (length !== undefined && length <= 0) return '';
  const to = length === undefined ? undefined : from >= 0 ? from + length : count + from + length;
  if (count === text.length) return text.slice(from, to);
  const [first, last] = [place(from, count), place(to ?? count, count)];
  return first >= last ? '' : text.slice(unitOf(text, first), unitOf(text, last));
}

/** A place in a list of so many, as `slice` reads it. */
function place(at: number, count: number): number {
  const whole = Math.trunc(at);
  return whole < 0 ? Math.max(0, count + whole) : Math.min(whole, count);
}

/** Where a code point begins, in UTF-16 units. */
function unitOf(text: string, point: number): number {
  let unit = 0;
  for (let i = 0; i < point; i++) unit += isHigh(text.charCodeAt(unit)) && isLow(text.charCodeAt(unit + 1)) ? 2 : 1;
  return unit;
}
