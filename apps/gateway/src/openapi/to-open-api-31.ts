import type { OpenAPIObject } from '@nestjs/swagger';

type Json = Record<string, unknown>;

/**
 * Nest writes schemas as OpenAPI 3.0 has them. In 3.1 a schema is JSON Schema: null is a type like others, and what
 * has a default is not required. Times are told from their names, which end in `_at`, and so are `input` and `output`,
 * which may be any value: Nest takes what is unknown for an object.
 */
export function toOpenApi31(document: OpenAPIObject): OpenAPIObject {
  return convert(document) as OpenAPIObject;
}

function convert(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item));
  if (typeof value !== 'object' || value === null) return value;
  const converted: Json = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, convert(child, key)]));
  return [withoutNullable, withTimeFormat, withAnyValue, withDefaultsOptional].reduce(
    (json, step) => step(json, name),
    converted,
  );
}

function withoutNullable({ nullable, ...schema }: Json): Json {
  if (nullable !== true) return nullable === undefined ? schema : { nullable, ...schema };
  if (typeof schema['type'] === 'string') return { ...schema, type: [schema['type'], 'null'], ...nullEnum(schema) };
  return { anyOf: [schema, { type: 'null' }] };
}

function nullEnum({ enum: values }: Json): Json {
  return Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {};
}

function withTimeFormat(schema: Json, name: string): Json {
  const isText = schema['type'] === 'string' || (Array.isArray(schema['type']) && schema['type'].includes('string'));
  return isText && name.endsWith('_at') ? { ...schema, format: 'date-time' } : schema;
}

function withAnyValue(schema: Json, name: string): Json {
  if ((name !== 'input' && name !== 'output') || schema['type'] !== 'object') return schema;
  const { type: _object, ...any } = schema;
  return any;
}

function withDefaultsOptional(json: Json): Json {
  if (json['in'] === 'query') return hasDefault(json['schema']) ? { ...json, required: false } : json;
  const { required, properties } = json;
  if (!Array.isArray(required) || typeof properties !== 'object' || properties === null) return json;
  const left = required.filter((name) => !hasDefault(Reflect.get(properties, String(name))));
  const { required: _all, ...optional } = json;
  return left.length > 0 ? { ...json, required: left } : optional;
}

function hasDefault(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'default' in schema;
}
