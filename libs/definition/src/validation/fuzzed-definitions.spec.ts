import { sized } from '@app/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import { mutatedDefinition } from '../../../../test/definition/mutate-definition.js';
import { workflowExamples } from '../../../../test/docs/workflow-examples.js';
import { proofSeed } from '../../../../test/chaos/support/chance.js';
import { compileDefinition } from '../compile-definition.js';
import type { WorkflowDefinition } from '../definition.js';
import { LazyExpression } from '../expressions/lazy-expression.js';
import { definitionSchema } from '../json-schema/definition-schema.js';
import { stepTypeViews } from '../json-schema/step-type-view.js';
import { validateDefinition } from './validate-definition.js';

const COUNT = sized({ ci: 300, full: 10_000 });
/** Words of a fault of ours, instead of a mistake of the author's. */
const FAULT = /Cannot read|is not a function|undefined|call stack|\[object/;

/** Compiles each expression, which otherwise waits until it is needed. */
function compileAll(part: unknown): void {
  if (part instanceof LazyExpression) void part.syntaxTree;
  else if (part instanceof Map) for (const member of part.values()) compileAll(member);
  else if (typeof part === 'object' && part !== null) for (const member of Object.values(part)) compileAll(member);
}

it(
  `${COUNT} fuzzed definitions (seed ${proofSeed}) are each judged, and what is taken compiles`,
  { timeout: 600_000 },
  () => {
    const ajv = new Ajv2020({ strictTypes: false, strictRequired: false });
    addFormats.default(ajv);
    const isValid = ajv.compile(definitionSchema());
    const ofTypes = stepTypeViews().map(({ example }) => ({ name: 'w', trigger_type: 'manual', steps: [example] }));
    const valid = [...workflowExamples().map(({ definition }) => definition), ...ofTypes];
    let taken = 0;
    for (let number = 0; number < COUNT; number++) {
      const definition = mutatedDefinition(valid, number);
      const errors = validateDefinition(definition);
      for (const { field, message } of errors) expect(`${field}: ${message}`, `number ${number}`).not.toMatch(FAULT);
      if (errors.length > 0) continue;
      taken++;
      const { steps, config } = definition as WorkflowDefinition;
      expect(() => compileAll(compileDefinition(steps, config)), `number ${number}`).not.toThrow();
      expect(isValid(definition), `number ${number}: ${JSON.stringify(isValid.errors)}`).toBe(true);
    }
    expect(taken).toBeGreaterThan(COUNT / 100);
    expect(taken).toBeLessThan(COUNT / 2);
  },
);
