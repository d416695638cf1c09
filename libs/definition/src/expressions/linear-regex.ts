import { RE2JS, type Matcher } from 're2js';
import type { Budget } from './budget.js';
import { ExpressionError } from './expression.error.js';
import { patternSize } from './pattern-size.js';

/** Characters a pattern may have. */
const MAX_PATTERN = 1_000;
/** Instructions that the automata of one expression may have together: to build them takes about 10 ms. */
const MAX_PATTERN_SIZES = 4_000;
/** Look-ahead, look-behind, and references to groups. */
const NOT_LINEAR = /\\[1-9]|\\k<|\(\?<?[=!]/;
/** Character comparisons of the automaton that cost one step. */
const COMPARISONS_A_STEP = 50;

/** A match as `RegExp.exec` gives it, as far as jsonata reads it. */
export type RegexMatch = (string | undefined)[] & { index: number };

/**
 * The part of `RegExp` that jsonata uses, over an automaton that takes time linear in the text whatever the pattern.
 * Look-around and back references have no such automaton and are refused.
 */
export class LinearRegex {
  lastIndex = 0;
  private readonly compiled: RE2JS;
  private readonly size: number;
  private text: string | undefined;
  private matcher: Matcher | undefined;

  constructor(
    pattern: RegExp,
    private readonly budget: Budget,
  ) {
    this.compiled = compileLinear(pattern);
    this.size = this.compiled.programSize();
    budget.step(this.size);
  }

  exec(text: string): RegexMatch | null {
    const from = this.lastIndex;
    this.budget.step(1 + Math.ceil(((text.length - from) * this.size) / COMPARISONS_A_STEP));
    if (this.matcher === undefined || this.text !== text) {
      this.matcher = this.compiled.matcher(text);
      this.text = text;
    }
    const { matcher } = this;
    if (from > text.length || !matcher.find(from)) {
      this.lastIndex = 0;
      return null;
    }
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined);
    this.lastIndex = matcher.end();
    return Object.assign(groups, { index: matcher.start() });
  }
}

const known = new WeakMap<RegExp, RE2JS>();

/**
 * For when an expression is saved; the automata are built when one is evaluated.
 * @throws ExpressionError when the patterns are too large, or one has no automaton that is linear
 */
export function checkPatterns(patterns: readonly RegExp[]): void {
  let size = 0;
  for (const { source } of patterns) {
    if (source.length > MAX_PATTERN) {
      throw ExpressionError.overLimit(`A regular expression may have at most ${MAX_PATTERN} characters.`);
    }
    if (NOT_LINEAR.test(source.replaceAll('\\\\', '')))
      throw notAvailable(source, 'it cannot be matched in linear time');
    size += patternSize(RE2JS.translateRegExp(source));
  }
  if (size <= MAX_PATTERN_SIZES) return;
  throw ExpressionError.overLimit(
    `The regular expressions of an expression may come to at most ${MAX_PATTERN_SIZES} characters, repetitions written out.`,
  );
}

/** @throws ExpressionError when the pattern has no automaton that is linear */
function compileLinear(pattern: RegExp): RE2JS {
  const seen = known.get(pattern);
  if (seen !== undefined) return seen;
  const flags = (pattern.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (pattern.multiline ? RE2JS.MULTILINE : 0);
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern.source), flags);
    known.set(pattern, compiled);
    return compiled;
  } catch (error) {
    throw notAvailable(pattern.source, error instanceof Error ? error.message : 'it cannot be compiled');
  }
}

function notAvailable(source: string, reason: string): ExpressionError {
  return ExpressionError.from(`/${source}/`, {
    message: `${reason}; look-around and back references are not available, write it without`,
  });
}
