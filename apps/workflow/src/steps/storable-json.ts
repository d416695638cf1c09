import { StepFailure } from './step-failure.js';

/** Largest output of a step, in bytes of JSON. */
export const MAX_OUTPUT_BYTES = 1_048_576;

/** An odd number of backslashes, then U+0000 or a lone surrogate: JSON.stringify escapes no other surrogate. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/**
 * Checks that PostgreSQL can store a step's output and that it is not too large.
 * @throws StepFailure OUTPUT_INVALID that names the limit
 */
export function assertStorable(output: unknown): void {
  const json = JSON.stringify(output ?? null);
  if (json.length > MAX_OUTPUT_BYTES) {
    throw StepFailure.permanent('OUTPUT_INVALID', `The output is larger than ${MAX_OUTPUT_BYTES} bytes.`);
  }
  if (json.includes('\\u') && UNSTORABLE.test(json)) {
    throw StepFailure.permanent('OUTPUT_INVALID', 'The output holds U+0000 or half a surrogate pair.');
  }
}
