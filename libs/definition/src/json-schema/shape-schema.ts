import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import type { ShapeOf } from '../validation/check-shape.js';
import type { JsonSchema } from './json-schema.js';
import { ruleSchema } from './rule-schemas.js';
import type { SchemaHint } from './schema-hint.js';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Shape = new () => object;

interface FieldSchema {
  schema: Record<string, unknown>;
  isRequired: boolean;
}

/** A string that holds an expression: what it becomes is checked when it is resolved. */
const withExpression = { type: 'string', pattern: '\\{\\{' };
const noMore = { additionalProperties: false };

/**
 * The JSON Schema of what `checkShape` takes, read off the same rules. It says all that can be said of the shape; that
 * references lead somewhere and expressions parse is not a matter of shape.
 * @param of in a template whatever holds an expression passes
 * @throws Error when a rule has no JSON Schema
 */
export function shapeSchema(shape: Shape, of: ShapeOf = 'value'): Record<string, unknown> {
  const rules = rulesOf(shape);
  const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const fields = names.map((name) => ({
    name,
    ...fieldSchema(
      shape,
      name,
      rules.filter(({ propertyName }) => propertyName === name),
      of,
    ),
  }));
  const required = fields.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const ofWhole = rules.map((rule) => hintOf(rule).ofWhole).filter((part) => part !== undefined);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 && { required }),
    ...noMore,
    ...(ofWhole.length > 0 && { allOf: ofWhole }),
  };
}

function rulesOf(shape: Shape): Rule[] {
  return getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false);
}

function fieldSchema(shape: Shape, name: string, rules: readonly Rule[], of: ShapeOf): FieldSchema {
  const conditions = rules.filter(({ type }) => type === 'conditionalValidation');
  const isOptional = conditions.some((rule) => rule.name === 'isOptional');
  const said = rules.filter((rule) => rule.type !== 'conditionalValidation' && !saysNothing(rule));
  const ofValue = merged(said.filter(({ each }) => !each).map((rule) => schemaOf(shape, rule, of)));
  const each = said.filter((rule) => rule.each);
  const items = merged(each.map((rule) => schemaOf(shape, rule, of)));
  const alternatives = [
    ...(of === 'template' ? inTemplate(ofValue, items) : [each.length > 0 ? { ...ofValue, items } : ofValue]),
    ...rules.map((rule) => hintOf(rule).orElse).filter((form) => form !== undefined),
    // `IsOptional` takes null for nothing.
    ...(isOptional ? [{ type: 'null' }] : []),
  ];
  const preset: unknown = Reflect.get(new shape(), name);
  const isRequired = conditions.length === 0 && preset === undefined && !said.every(isAllowed);
  const schema = said.length === 0 ? {} : anyOf(alternatives);
  return { schema: preset === undefined ? schema : { ...schema, default: preset }, isRequired };
}

/** What a member of a template may be. With an expression somewhere in a list, nothing but its length is checked. */
function inTemplate(value: Record<string, unknown>, items: Record<string, unknown>): Record<string, unknown>[] {
  if (value['type'] !== 'array') return [value, withExpression];
  return [
    { ...value, ...(Object.keys(items).length > 0 && { items }) },
    { ...value, contains: withExpression },
    withExpression,
  ];
}

/** It says that the field is known, and not that there has to be one. */
function isAllowed({ type }: Rule): boolean {
  return type === 'whitelistValidation';
}

function saysNothing(rule: Rule): boolean {
  return isAllowed(rule) && hintOf(rule).schema === undefined;
}

function schemaOf(shape: Shape, rule: Rule, of: ShapeOf): JsonSchema {
  const { schema } = hintOf(rule);
  if (schema !== undefined) return schema;
  if (rule.type === 'nestedValidation') return shapeSchema(classOf(shape, rule), of);
  return ruleSchema(rule.name ?? '', rule.constraints);
}

/** The class of a nested value. Only class-transformer knows it, so it is asked to make one. */
function classOf(shape: Shape, { propertyName, each }: Rule): Shape {
  const made = plainToInstance(shape, { [propertyName]: each ? [{}] : {} });
  const value: unknown = Reflect.get(made, propertyName);
  const nested: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof nested !== 'object' || nested === null || nested.constructor === Object) {
    throw new Error(`${shape.name}.${propertyName} is nested, and nothing says what it is: give it a @Type.`);
  }
  return nested.constructor as Shape;
}

function hintOf({ context }: Rule): SchemaHint {
  return (context as SchemaHint | undefined) ?? {};
}

/** One schema that asks for all of them; of two lengths or types the rules of one field do not speak twice. */
function merged(schemas: readonly JsonSchema[]): Record<string, unknown> {
  return Object.fromEntries(schemas.flatMap((schema) => Object.entries(schema)));
}

function anyOf(schemas: readonly Record<string, unknown>[]): Record<string, unknown> {
  return schemas.length === 1 ? { ...schemas[0] } : { anyOf: schemas };
}
