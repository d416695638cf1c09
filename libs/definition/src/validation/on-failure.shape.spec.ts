import { describe, expect, it } from 'vitest';
import { compileDefinition } from '../compile-definition.js';
import { validateDefinition } from './validate-definition.js';

const workflow_id = '01890000-0000-7000-8000-000000000000';
const withIt = (onFailure: unknown): unknown => ({
  name: 'w',
  trigger_type: 'manual',
  steps: [{ id: 'a', type: 'succeed', config: {} }],
  config: { on_failure: onFailure },
});

describe('config.on_failure', () => {
  it.each([{ workflow_id }, { mail: true }, { workflow_id, mail: false }])('may be %j', (onFailure) => {
    expect(validateDefinition(withIt(onFailure))).toEqual([]);
    expect(compileDefinition([], { on_failure: onFailure }).onFailure).toMatchObject(onFailure);
  });

  it.each([
    [{}, 'config.on_failure'],
    [{ mail: false }, 'config.on_failure'],
    [{ workflow_id: 'other' }, 'config.on_failure.workflow_id'],
    [{ mail: 'yes' }, 'config.on_failure.mail'],
    [{ mail: true, to: 'a@example.com' }, 'config.on_failure.to'],
  ])('is not %j', (onFailure, field) => {
    expect(validateDefinition(withIt(onFailure)).map((error) => error.field)).toEqual([field]);
  });

  it('is no list', () => {
    expect(validateDefinition(withIt([])).length).toBeGreaterThan(0);
    expect(validateDefinition(withIt('x')).length).toBeGreaterThan(0);
  });
});
