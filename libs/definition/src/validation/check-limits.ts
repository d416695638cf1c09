import type { FieldError } from '@app/contracts';
import { compileBare } from '../expressions/template.js';
import { checkShape } from './check-shape.js';
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
  return [...keyErrors(concurrency?.key, `${path}.concurrency.key`), ...keyErrors(rate?.key, `${path}.rate.key`)];
}

function keyErrors(key: string | null | undefined, field: string): FieldError[] {
  if (key === undefined || key === null) return [];
  try {
    compileBare(key);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown mistake';
    return [{ field, message: `is not a valid expression: ${reason}` }];
  }
}
