import { describe, expect, it } from 'vitest';
import { namedIntegrations } from './named-integrations.js';
import { validateDefinition } from './validate-definition.js';

const id = '00000000-0000-7000-8000-000000000000';
const get = { method: 'GET', url: 'https://api.example.com/', credential: id };
const step = (name: string, more = {}) => ({ id: name, type: 'http.request', config: get, ...more });
const definition = (steps: unknown[]) => ({ name: 'a', trigger_type: 'manual', steps });

describe('namedIntegrations', () => {
  it('finds them in steps, in lists inside them, and in probes', async () => {
    const steps = [
      step('a', { probe: { request: get, expression: 'true' } }),
      {
        id: 'b',
        type: 'foreach',
        config: {
          items: '[1]',
          steps: [{ id: 'c', type: 'switch', config: { cases: [{ if: 'true', steps: [step('d')] }] } }],
        },
      },
    ];
    expect(validateDefinition(definition(steps))).toEqual([]);
    expect(await namedIntegrations(steps)).toEqual([
      { field: 'steps[0].config.credential', id },
      { field: 'steps[0].probe.request.credential', id },
      { field: 'steps[1].config.steps[0].config.cases[0].steps[0].config.credential', id },
    ]);
  });

  it('takes whatever it is given', async () => {
    let deep: unknown = [step('a')];
    for (let n = 0; n < 2_000; n += 1) deep = [{ id: 'f', type: 'foreach', config: { items: '[1]', steps: deep } }];
    const switches = [{ id: 's', type: 'switch', config: { cases: 5 } }];
    for (const steps of [undefined, null, 5, [null, 5, {}, []], [{ type: 'http.request' }], switches, deep]) {
      expect(await namedIntegrations(steps)).toEqual([]);
    }
  });
});

it.each(['{{ input.credential }}', 'github', 5, {}])('a definition cannot name an integration by %j', (credential) => {
  const steps = [step('a', { config: { ...get, credential } })];
  expect(validateDefinition(definition(steps))).toMatchObject([
    { field: 'steps[0].config.credential', message: expect.stringContaining('written as it is') },
  ]);
});
