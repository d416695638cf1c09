import type { FieldError } from '@app/contracts';
import { compileBare } from '../expressions/template.js';
import { checkShape } from './check-shape.js';
import { EventTrigger } from './event-trigger.shape.js';

/**
 * Checks `config.trigger` of a workflow that events start.
 * @param path JSON path of the trigger
 */
export function checkEventTrigger(trigger: unknown, path: string): FieldError[] {
  const { value, errors } = checkShape(EventTrigger, trigger, path);
  if (errors.length > 0 || value.filter === undefined) return errors;
  try {
    compileBare(value.filter);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown mistake';
    return [{ field: `${path}.filter`, message: `is not a valid expression: ${reason}` }];
  }
}
