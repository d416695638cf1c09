import { schemaHint } from '../json-schema/schema-hint.js';

/** A list of steps, as the schema of a definition defines a step. */
export const stepList = { type: 'array', items: { $ref: '#/$defs/step' } };

/** At the rule that asks for a list: its members are steps. */
export const stepListHint = schemaHint({ schema: stepList });
