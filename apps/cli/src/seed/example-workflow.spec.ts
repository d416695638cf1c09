import { validateDefinition } from '@app/definition';
import { expect, it } from 'vitest';
import { exampleWorkflow } from './example-workflow.js';

it('is a definition that the API would take', () => {
  expect(validateDefinition(exampleWorkflow)).toEqual([]);
});
