import type { FieldError } from '@app/contracts';
import { checkShape } from './check-shape.js';
import { expressionMistakes } from './checked-expressions.js';
import { Limits } from './limits.shape.js';

/**
 * Checks `config.limits`.
 * @param path JSON path of it
 */
export function checkLimits(limits: unknown, path: string): FieldError[] {
  if (limits === undefined) return [];
  const { value, errors } = checkShape(Limits, limits, path);
  if (errors.length > 0) return errors;
  const { concurrency, rate, priority } = value;
  if ((concurrency ?? rate ?? priority ?? undefined) === undefined) {
    return [{ field: path, message: 'limits nothing: give it concurrency, rate or priority, or remove it' }];
  }
  const keys = { concurrency: concurrency?.key, rate: rate?.key };
  return Object.entries(keys).flatMap(([limit, key]) =>
    key === undefined || key === null ? [] : expressionMistakes(key, `${path}.${limit}.key`),
  );
}
