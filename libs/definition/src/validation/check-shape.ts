import type { FieldError } from '@app/contracts';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { SchemaHint } from '../json-schema/schema-hint.js';
import { hasExpression } from '../expressions/template.js';
import { NO_CREDENTIALS } from './no-credentials.js';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

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
  const unreadable = Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    madeFields(shape).has(name) ? constructorsIn(member, joinPath(path, name)) : [],
  );
  if (unreadable.length > 0) return { value: new shape(), errors: unreadable };
  const instance = instanceOf(shape, value);
  const found = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
  const errors = [...found.flatMap((error) => fieldErrors(error, path, of)), ...hiddenFields(instance, value, path)];
  return { value: instance, errors };
}

/**
 * What is free to hold anything stays the very value it was: class-transformer would copy it whole, leave out what is
 * called like a method of every object, and fail at a member `constructor`.
 */
function instanceOf<T extends object>(shape: new () => T, value: object): T {
  const made = new Set(
    rulesOf(shape)
      .filter(isMade)
      .map(({ propertyName }) => propertyName),
  );
  const fields = Object.entries(value);
  const instance = plainToInstance(shape, Object.fromEntries(fields.filter(([name]) => made.has(name))));
  const others = fields.filter(([name]) => !made.has(name) && name !== 'constructor');
  return Object.defineProperties(instance, Object.getOwnPropertyDescriptors(Object.fromEntries(others)));
}

function madeFields(shape: new () => object): Set<string> {
  return new Set(
    rulesOf(shape)
      .filter(isMade)
      .map(({ propertyName }) => propertyName),
  );
}

/** Members that class-transformer would take for the class of what they are in. */
function constructorsIn(value: unknown, path: string): FieldError[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const field = joinPath(path, name);
    return name === 'constructor'
      ? [{ field, message: 'must not be called constructor here: remove it or mend its name' }]
      : constructorsIn(member, field);
  });
}

/** Whether a value becomes another one before its rules see it: one of a class, or its long form. */
function isMade({ type, context }: Rule): boolean {
  return type === 'nestedValidation' || (context as SchemaHint | undefined)?.orElse !== undefined;
}

/** Fields that class-validator cannot see: they are unknown all the same. */
function hiddenFields(instance: object, plain: object, path: string): FieldError[] {
  return Object.entries(plain).flatMap(([name, value]: [string, unknown]) => {
    const field = joinPath(path, name);
    const made: unknown = Object.hasOwn(instance, name) ? Reflect.get(instance, name) : undefined;
    if (made === undefined && name in Object.prototype) {
      return [{ field, message: 'is not a known field: remove it or mend its name' }];
    }
    const isOfClass = Array.isArray(made) ? made.some(hasClass) : hasClass(made);
    return isOfClass && typeof value === 'object' && value !== null ? hiddenFields(made as object, value, field) : [];
  });
}

/** Whether a value was made by a class of ours: what is free to hold anything is a plain object. */
function hasClass(value: unknown): value is object {
  if (Array.isArray(value)) return false;
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype;
}

function fieldErrors(error: ValidationError, parent: string, of: ShapeOf): FieldError[] {
  // A member of a list that is no object at all: the rule of the list says so.
  if ((error.property as string | undefined) === undefined) return [];
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
  const shape = target?.constructor as (new () => object) | undefined;
  return shape === undefined ? [] : [...new Set(rulesOf(shape).map(({ propertyName }) => propertyName))];
}

function rulesOf(shape: new () => object): Rule[] {
  return getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false);
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
