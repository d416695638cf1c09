import type { FieldError } from '@app/contracts';
import { checkShape } from './check-shape.js';
import { expressionMistakes } from './checked-expressions.js';
import { EventTrigger } from './event-trigger.shape.js';

/**
 * Checks `config.trigger` of a workflow that events start.
 * @param path JSON path of the trigger
 */
export function checkEventTrigger(trigger: unknown, path: string): FieldError[] {
  const { value, errors } = checkShape(EventTrigger, trigger, path);
  if (errors.length > 0 || value.filter === undefined) return errors;
  return expressionMistakes(value.filter, `${path}.filter`);
}
