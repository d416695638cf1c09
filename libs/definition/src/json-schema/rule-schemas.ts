import type { JsonSchema } from './json-schema.js';

type ToSchema = (constraints: readonly unknown[]) => JsonSchema;

/**
 * What class-validator's rules say, by their names, in the words of JSON Schema. Where the two differ the schema is the
 * one that takes more: no definition that can be saved is refused by it.
 */
const schemas: Readonly<Record<string, ToSchema>> = {
  isString: () => ({ type: 'string' }),
  isLength: ([least, most]) => ({ minLength: least, maxLength: most }),
  minLength: ([least]) => ({ minLength: least }),
  maxLength: ([most]) => ({ maxLength: most }),
  matches: ([pattern]) => ({ type: 'string', pattern: pattern instanceof RegExp ? pattern.source : String(pattern) }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isBoolean: () => ({ type: 'boolean' }),
  min: ([least]) => ({ minimum: least }),
  max: ([most]) => ({ maximum: most }),
  isIn: ([values]) => ({ enum: values }),
  isObject: () => ({ type: 'object' }),
  jsonObjectOf: () => ({ type: 'object' }),
  isArray: () => ({ type: 'array' }),
  arrayMinSize: ([least]) => ({ minItems: least }),
  arrayMaxSize: ([most]) => ({ maxItems: most }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isEmail: () => ({ type: 'string', pattern: '^.+@.+$' }),
  isUrl: () => ({ type: 'string', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://.' }),
  isIso8601: () => ({ type: 'string', pattern: '^[+-]?\\d{4}' }),
};

/**
 * @param name as class-validator calls the rule
 * @throws Error when nobody has said what it is in JSON Schema: a hint at the rule does
 */
export function ruleSchema(name: string, constraints: readonly unknown[]): JsonSchema {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`The rule ${name} has no JSON Schema: say it with schemaHint.`);
  return schema(constraints);
}
