import type { Bounds } from '@app/definition';
import { StepFailure } from './step-failure.js';

/** An odd number of backslashes, then U+0000 or a lone surrogate: JSON.stringify escapes no other surrogate. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/**
 * Checks that PostgreSQL can store a step's output and that it is not too large.
 * @throws StepFailure OUTPUT_INVALID that names the limit
 */
export function assertStorable(output: unknown, { maxValueBytes }: Pick<Bounds, 'maxValueBytes'>): void {
  const json = JSON.stringify(output ?? null);
  if (Buffer.byteLength(json) > maxValueBytes) {
    const message = `The output is larger than ${maxValueBytes} bytes (WORKFLOW_MAX_VALUE_BYTES).`;
    throw StepFailure.permanent('OUTPUT_INVALID', message);
  }
  if (json.includes('\\u') && UNSTORABLE.test(json)) {
    throw StepFailure.permanent('OUTPUT_INVALID', 'The output holds U+0000 or half a surrogate pair.');
  }
}
