/** A JSON Schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>> | boolean;

/** What fulfils the condition has to fulfil the consequence too. No literal: one with `then` looks like a promise. */
export function when(condition: JsonSchema, consequence: JsonSchema): Record<string, unknown> {
  return Object.fromEntries(['if', 'then'].map((name, i) => [name, [condition, consequence][i]]));
}

/** The draft that the schemas of this folder are written in. */
export const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
