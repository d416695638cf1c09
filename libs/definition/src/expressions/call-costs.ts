import { MAX_TEXT, VALUE_BYTES, type Budget } from './budget.js';
import { ExpressionError } from './expression.error.js';
import { countOf } from './own-functions.js';

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
/** Runs of white space that are replaced in the time of one step. */
const SPACES_A_STEP = 12;
/** Matches of a text that are replaced in the time of one step. */
const REPLACED_A_STEP = 10;
/** Units of a text that `$pad` makes, and counts, in the time of one step. */
const PADDED_A_STEP = 128;
/** Units of a text that are written as `%F0` and the like in the time of one step. */
const ESCAPED_A_STEP = 24;
/** A copy is written as JSON and read again. */
const CLONE_STEPS = 4;
/** Each member becomes an object. */
const SPREAD_STEPS = 1.5;

/** What a call takes besides its arguments and result, charged before it is made; or refused. */
export const callCosts: Readonly<Record<string, (budget: Budget, args: readonly unknown[]) => void>> = {
  pad: (budget, [, width, char]) => {
    if (typeof width !== 'number') return;
    // A character may be two units of a text.
    const units = Math.abs(width) * (typeof char === 'string' && char !== '' && countOf(char) < char.length ? 2 : 1);
    if (units > MAX_TEXT) throw tooLong('$pad');
    budget.step(units / PADDED_A_STEP);
  },
  join: (budget, [list, separator]) => {
    if (Array.isArray(list) && typeof separator === 'string') budget.make(list.length * separator.length);
  },
  replace: (budget, [text, pattern, replacement]) => {
    // Each match costs two additions; what they make is charged with the result, before anything reads it.
    if (typeof text === 'string') {
      const isText = typeof pattern === 'string' && pattern !== '';
      budget.step(text.length / 256 + (isText ? occurrences(text, pattern) / REPLACED_A_STEP : 0));
    }
    if (typeof replacement === 'string' && replacement.length > MAX_TEXT / 16) throw tooLong('$replace');
  },
  split: (budget, [text, separator]) => {
    if (typeof text !== 'string') return;
    const isText = typeof separator === 'string' && separator !== '';
    budget.make((isText ? occurrences(text, separator) : text.length) * VALUE_BYTES);
  },
  string: (budget, [value]) => budget.made(value),
  trim: (budget, [text]) => {
    // Each run of white space is replaced, those that are a single space already too.
    if (typeof text === 'string') budget.step(spacesIn(text) / SPACES_A_STEP);
  },
  encodeUrl: (budget, [text]) => escape(budget, text),
  encodeUrlComponent: (budget, [text]) => escape(budget, text),
  zip: (budget, lists) => {
    const sizes = lists.map((list) => (Array.isArray(list) ? list.length : 0));
    budget.make(Math.min(...sizes) * lists.length * VALUE_BYTES);
  },
  spread: (budget, [value]) => budget.step(membersOf(value) * SPREAD_STEPS),
  each: (budget, [value]) => budget.probe(value),
  sift: (budget, [value]) => budget.probe(value),
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

function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}

/** Members of an object, or of all in a list. */
function membersOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + membersOf(item), 0);
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

function spacesIn(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 32 || unit === 10 || unit === 9 || unit === 13) count += 1;
  }
  return count;
}

function escape(budget: Budget, text: unknown): void {
  if (typeof text !== 'string') return;
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) count += 1;
  budget.step(count / ESCAPED_A_STEP);
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
