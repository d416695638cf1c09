import type { JsonSchema } from './json-schema.js';

/** What the JSON Schema of a class cannot read off its rules, said where the rule stands. */
export interface SchemaHint {
  /** What the rule asks of the value. */
  schema?: JsonSchema;
  /** Another form of the value, which is put into the usual one before the rules see it. */
  orElse?: Record<string, unknown>;
  /** What the rule asks of the object that the value is in. */
  ofWhole?: JsonSchema;
}

/** Options of a rule that say its part of the JSON Schema. */
export function schemaHint(hint: SchemaHint): { context: SchemaHint } {
  return { context: hint };
}
