import { ExpressionError } from './expression.error.js';
import { seededRandom } from './seeded-random.js';

const MAX_TEXT = 1_048_576;
const MAX_RANGE = 100_000;

/** Built-ins that could fill the memory in one call, with a limit; and `$eval`, which could bring the originals back. */
export const boundedFunctions = {
  /** `[from..to]`, see bounded-ast.ts. */
  range(from: unknown, to: unknown): number[] | undefined {
    if (from === undefined || to === undefined) return undefined;
    if (!Number.isInteger(from) || !Number.isInteger(to)) {
      throw ExpressionError.from('..', { message: 'both ends of a range must be whole numbers' });
    }
    const first = from as number;
    const size = (to as number) - first + 1;
    if (size > MAX_RANGE) throw ExpressionError.overLimit(`A range may have at most ${MAX_RANGE} elements.`);
    return Array.from({ length: Math.max(0, size) }, (_, i) => first + i);
  },

  pad(text: unknown, width: unknown, filler: unknown = ' '): string | undefined {
    if (text === undefined) return undefined;
    if (typeof text !== 'string' || typeof width !== 'number' || typeof filler !== 'string') {
      throw ExpressionError.from('$pad', { message: 'it takes a text, a number and a text' });
    }
    const length = Math.abs(Math.trunc(width));
    if (length > MAX_TEXT) throw ExpressionError.overLimit(`$pad makes at most ${MAX_TEXT} characters.`);
    const padding = filler === '' ? ' ' : filler;
    return width < 0 ? text.padStart(length, padding) : text.padEnd(length, padding);
  },

  eval(): never {
    throw ExpressionError.from('$eval', { message: 'it is not available' });
  },
} as const;

/** `$now`, `$millis`, `$random` and `$shuffle`, fixed per place in a run. */
export function deterministicFunctions(nowMs: number, seed: string): Record<string, unknown> {
  const random = seededRandom(seed);
  return {
    now: () => new Date(nowMs).toISOString(),
    millis: () => nowMs,
    random,
    shuffle: (list: unknown) => (Array.isArray(list) ? shuffled(list as unknown[], random) : list),
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
