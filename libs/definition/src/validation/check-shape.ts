import type { FieldError } from '@app/contracts';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { SchemaHint } from '../json-schema/schema-hint.js';
import { hasExpression } from '../expressions/placeholders.js';
import { INSTEAD_OF } from './instead-of.js';
import { INTEGRATION_ID } from './integration-id.js';
import { MOST_MISTAKES } from './mistakes.js';
import { NO_CREDENTIALS } from './no-credentials.js';
import { keeps, plainRules, type PlainRules, type Rule } from './plain-rules.js';

/** So many unknown members of a value are told, and of a list so many members are looked at one by one: more than it may have. */
const MOST_UNKNOWN = MOST_MISTAKES;
const MOST_MEMBERS = 1_000;

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
  const instance = instanceOf(shape, value, { unknown: MOST_UNKNOWN });
  const { plain } = membersOf(shape);
  if (plain !== undefined && keeps(plain, instance) && !Object.keys(value).some(isHidden)) {
    return { value: instance, errors: [] };
  }
  const found = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
  const errors = [...found.flatMap((error) => fieldErrors(error, path, of)), ...hiddenFields(instance, value, path)];
  return { value: instance, errors };
}

/** A value that passed `checkShape` as an instance of its class, without asking again whether it is right. */
export function shaped<T extends object>(shape: new () => T, value: object): T {
  return instanceOf(shape, value, { unknown: 0 });
}

/**
 * An instance whose members with a class of their own are instances too. What is free to hold anything stays the very
 * value it was: class-transformer would copy it whole, leave out what is called like a method of every object, and fail
 * at a member `constructor`.
 */
function instanceOf<T extends object>(shape: new () => T, value: object, left: { unknown: number }): T {
  const { known, made } = membersOf(shape);
  const instance = new shape();
  for (const name of Object.keys(value)) {
    if (!known.has(name) && (left.unknown <= 0 || isHidden(name))) continue;
    if (!known.has(name)) left.unknown -= 1;
    const member: unknown = Reflect.get(value, name);
    Reflect.set(instance, name, made.has(name) ? madeMember(shape, name, member, left) : member);
  }
  return instance;
}

interface Members {
  /** Those that the class has rules for. */
  known: ReadonlySet<string>;
  /** Of these, those that become something else before their rules see them. */
  made: ReadonlySet<string>;
  /** All rules, where they can be asked directly. */
  plain: PlainRules | undefined;
}

const membersOfShapes = new WeakMap<object, Members>();

function membersOf(shape: new () => object): Members {
  const before = membersOfShapes.get(shape);
  if (before !== undefined) return before;
  const rules = rulesOf(shape);
  const names = (of: readonly Rule[]): ReadonlySet<string> => new Set(of.map(({ propertyName }) => propertyName));
  const made = names(rules.filter(isMade));
  const members = { known: names(rules), made, plain: made.size === 0 ? plainRules(rules) : undefined };
  membersOfShapes.set(shape, members);
  return members;
}

/** Whether a value becomes another one before its rules see it: one of a class, or its long form. */
function isMade({ type, context }: Rule): boolean {
  return type === 'nestedValidation' || (context as SchemaHint | undefined)?.orElse !== undefined;
}

function madeMember(shape: new () => object, name: string, given: unknown, left: { unknown: number }): unknown {
  const member: unknown = Array.isArray(given) ? given.slice(0, MOST_MEMBERS) : given;
  if (!isObject(member)) return transformed(shape, name, member);
  const example = transformed(shape, name, {});
  if (!hasClass(example)) return member;
  const nested = example.constructor as new () => object;
  const one = (each: unknown): unknown =>
    isObject(each) && !Array.isArray(each) ? instanceOf(nested, each, left) : each;
  return Array.isArray(member) ? member.map(one) : one(member);
}

/** What class-transformer makes of a member. */
function transformed(shape: new () => object, name: string, member: unknown): unknown {
  return Reflect.get(plainToInstance(shape, { [name]: member }), name);
}

/** Names that class-validator takes for what every object has: they are unknown fields all the same. */
function isHidden(name: string): boolean {
  return name in Object.prototype;
}

function hiddenFields(instance: object, plain: object, path: string): FieldError[] {
  const names = Object.keys(plain);
  return (Array.isArray(plain) ? names.slice(0, MOST_MEMBERS) : names).flatMap((name) => {
    if (isHidden(name)) {
      return [{ field: joinPath(path, name), message: 'is not a known field: remove it or mend its name' }];
    }
    const made: unknown = Reflect.get(instance, name);
    const isOfClass = Array.isArray(made) ? made.some(hasClass) : hasClass(made);
    const value: unknown = isOfClass ? Reflect.get(plain, name) : undefined;
    return isOfClass && isObject(value) ? hiddenFields(made as object, value, joinPath(path, name)) : [];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether a value was made by a class of ours: what is free to hold anything is a plain object. */
function hasClass(value: unknown): value is object {
  return isObject(value) && !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype;
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
    : withoutOwnName(Object.values(error.constraints).join('; '), error.property);
  return [{ field, message }, ...children];
}

/** The fields that an object's class has rules for. */
function fieldsOf(target: object | undefined): string[] {
  const shape = target?.constructor as (new () => object) | undefined;
  return shape === undefined ? [] : [...membersOf(shape).known];
}

function rulesOf(shape: new () => object): Rule[] {
  return getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false);
}

function mayBecomeValid({ value, constraints = {} }: ValidationError): boolean {
  if (['whitelistValidation', NO_CREDENTIALS, INSTEAD_OF, INTEGRATION_ID].some((rule) => rule in constraints))
    return false;
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
