import type { FieldError } from '@app/contracts';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { hasExpression } from '../expressions/template.js';
import { NO_CREDENTIALS } from './no-credentials.js';

export interface CheckedShape<T> {
  value: T;
  errors: FieldError[];
}

/** Whether a value is meant as it stands, or its strings may hold expressions that are resolved and checked later. */
export type ShapeOf = 'value' | 'template';

/**
 * Checks a value against a class and says what is wrong by JSON path.
 * @param path JSON path of the value, '' for the root
 * @param of in a template whatever holds an expression passes: what it becomes is checked when it is resolved
 */
export function checkShape<T extends object>(
  shape: new () => T,
  value: unknown,
  path: string,
  of: ShapeOf = 'value',
): CheckedShape<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { value: new shape(), errors: [{ field: path, message: 'must be an object' }] };
  }
  const instance = plainToInstance(shape, value);
  const found = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
  return { value: instance, errors: found.flatMap((error) => fieldErrors(error, path, of)) };
}

function fieldErrors(error: ValidationError, parent: string, of: ShapeOf): FieldError[] {
  const field = joinPath(parent, error.property);
  const children = (error.children ?? []).flatMap((child) => fieldErrors(child, field, of));
  if (error.constraints === undefined || (of === 'template' && mayBecomeValid(error))) return children;
  const unknown = 'whitelistValidation' in error.constraints;
  const message = unknown
    ? `is not a known field: remove it or mend its name; known are ${fieldsOf(error.target).join(', ')}`
    : Object.values(error.constraints).join('; ');
  return [{ field, message: withoutOwnName(message, error.property) }, ...children];
}

/** The fields that an object's class has rules for. */
function fieldsOf(target: object | undefined): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(target?.constructor ?? Object, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

function mayBecomeValid({ value, constraints = {} }: ValidationError): boolean {
  if ('whitelistValidation' in constraints || NO_CREDENTIALS in constraints) return false;
  if (!Array.isArray(value)) return holdsExpression(value);
  // No expression changes how many members a list has.
  const isTooShortOrLong = 'arrayMinSize' in constraints || 'arrayMaxSize' in constraints;
  return !isTooShortOrLong && value.some(holdsExpression);
}

function holdsExpression(value: unknown): boolean {
  return typeof value === 'string' && hasExpression(value);
}

/** class-validator puts the field's own name into its sentences, which the path already says. */
function withoutOwnName(message: string, property: string): string {
  return message.replaceAll(`each value in ${property} `, 'each value ').replaceAll(`${property} `, '');
}

/** `steps` + `2` → `steps[2]`, `steps[2]` + `id` → `steps[2].id`. */
export function joinPath(parent: string, member: string): string {
  if (/^\d+$/.test(member)) return `${parent}[${member}]`;
  if (parent === '') return member;
  return member.startsWith('[') ? `${parent}${member}` : `${parent}.${member}`;
}
