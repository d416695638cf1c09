import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workflowExamples } from '../../../../test/docs/workflow-examples.js';
import { validateDefinition } from '../validation/validate-definition.js';
import { DEFINITION_SCHEMA_ID, definitionSchema } from './definition-schema.js';
import { stepTypeViews } from './step-type-view.js';

const ajv = new Ajv2020({ strictTypes: false, strictRequired: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(definitionSchema());
const isValid = (definition: unknown): boolean => ajv.validate(DEFINITION_SCHEMA_ID, definition);
const triage = join(import.meta.dirname, '..', '..', '..', '..', 'examples', 'github-triage', 'workflow.json');

describe('the schema of a definition', () => {
  const triaging: unknown = JSON.parse(readFileSync(triage, 'utf8'));
  const examples = workflowExamples().flatMap(({ definition, called }) => [definition, ...(called ? [called] : [])]);

  it.each([...examples, triaging])('takes each example: %#', (definition) => {
    expect(isValid(definition), JSON.stringify(ajv.errors)).toBe(true);
  });
});

describe('a step type', () => {
  const views = stepTypeViews();

  it.each(views)('$type tells its effect, and has an example that can be saved', ({ type, effects, example }) => {
    expect(effects.length, type).toBeGreaterThan(0);
    const definition = { name: 'w', trigger_type: 'manual', steps: [example] };
    expect(validateDefinition(definition)).toEqual([]);
    expect(isValid(definition), JSON.stringify(ajv.errors)).toBe(true);
  });

  it.each(views)('$type has a schema of its own for its config, with examples', ({ config_schema }) => {
    const check = ajv.compile(config_schema);
    for (const example of config_schema['examples'] as unknown[]) {
      expect(check(example), JSON.stringify(check.errors)).toBe(true);
    }
    expect(check({ colour: 1 })).toBe(false);
    expect(check('{{ input }}')).toBe(false);
  });

  it('of http.request can have three effects', () => {
    expect(views.find(({ type }) => type === 'http.request')?.effects).toEqual(['keyed', 'unsafe', 'verifiable']);
  });
});
