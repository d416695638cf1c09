import type { FieldError } from '@app/contracts';
import type { ValidationError } from 'class-validator';

/**
 * One entry per wrong field, named by its JSON path: `steps[2].config.url`. Of several broken rules the one that stands
 * first in the DTO is told: what is no text has no length either.
 */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = pathOf(parent, error.property);
    const [rule, message] = Object.entries(error.constraints ?? {}).at(-1) ?? [];
    const children = fieldErrors(error.children ?? [], field);
    if (rule === undefined || message === undefined) return children;
    return [{ field, message: sentence(rule, message, error.property) }, ...children];
  });
}

function pathOf(parent: string, property: string): string {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
}

/** class-validator starts its sentences with the bare property, which the path already says. */
function sentence(rule: string, message: string, property: string): string {
  if (rule === 'whitelistValidation') return 'is not known here';
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
