import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { definition } from '../../../../test/gateway/definitions.js';
import { TestGateway, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
const step = (id: string) => ({ id, type: 'transform', config: { expression: '1' } });

beforeAll(async () => {
  vi.stubEnv('WORKFLOW_MAX_STEPS', '2');
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await gateway.stop();
});

it('the bounds of the configuration are those of what is saved', async () => {
  const steps = [step('a'), step('b'), step('c')];
  const large = definition({ steps });
  const errors = [{ field: 'steps[2]', message: expect.stringContaining('2 steps (WORKFLOW_MAX_STEPS)') }];
  expect(await user.call('POST', '/workflows', large)).toMatchObject({ status: 400, body: { errors } });
  expect((await user.call('POST', '/workflows/validate', large)).body).toMatchObject({ valid: false, errors });
  const { body } = await user.call('POST', '/workflows', definition({ steps: [step('a'), step('b')] }));
  expect(await user.call('PATCH', `/workflows/${body.id}`, { steps })).toMatchObject({ status: 400 });
});
