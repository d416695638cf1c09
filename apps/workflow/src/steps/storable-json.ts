import { isStorableJson } from '@app/database';
import type { Bounds } from '@app/definition';
import { StepFailure } from './step-failure.js';

/**
 * Checks that PostgreSQL can store a step's output and that it is not too large.
 * @throws StepFailure OUTPUT_INVALID that names the limit
 */
export function assertStorable(output: unknown, bounds: Pick<Bounds, 'maxValueBytes'>): void {
  storableJson(output, bounds);
}

/**
 * A step's output as it is stored.
 * @throws StepFailure OUTPUT_INVALID that names the limit
 */
export function storableJson(output: unknown, { maxValueBytes }: Pick<Bounds, 'maxValueBytes'>): string {
  const json = JSON.stringify(output ?? null);
  if (Buffer.byteLength(json) > maxValueBytes) {
    const message = `The output is larger than ${maxValueBytes} bytes (WORKFLOW_MAX_VALUE_BYTES).`;
    throw StepFailure.permanent('OUTPUT_INVALID', message);
  }
  if (!isStorableJson(json)) {
    throw StepFailure.permanent('OUTPUT_INVALID', 'The output holds U+0000 or half a surrogate pair.');
  }
  return json;
}
