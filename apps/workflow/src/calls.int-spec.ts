import { eventually } from '@app/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DirectRuns } from '../../../test/chaos/support/direct-runs.js';
import { WorkflowService } from '../../../test/workflow/workflow-service.js';

let service: WorkflowService;

beforeAll(async () => {
  vi.stubEnv('ENGINE_CALLS', '4');
  service = await WorkflowService.start();
});
afterAll(() => service.stop());

it('makes as many calls at once as it has slots for the owner, and cancelling does not wait for one', async () => {
  const owner = new DirectRuns(service.pool);
  await owner.createOwner();
  let open = 0;
  let most = 0;
  const held: (() => void)[] = [];
  const paths = Array.from({ length: 6 }, (_, index) => `call${index}`);
  for (const path of paths) {
    service.answers.set(`/${path}`, (end) => {
      most = Math.max(most, (open += 1));
      held.push(() => {
        open -= 1;
        end(200, {});
      });
    });
  }
  const branches = paths.map((path) => {
    const step = { id: path, type: 'http.request', config: { method: 'PUT', url: `${service.receiverUrl}/${path}` } };
    return [path, [step]] as const;
  });
  const steps = [{ id: 'all', type: 'parallel', config: { branches: Object.fromEntries(branches) } }];
  const workflow = await owner.createWorkflow(steps);

  const run = await owner.accept(workflow);
  for (let answered = 0; answered < paths.length; answered++) {
    await eventually(() => held.length > 0);
    held.shift()?.();
  }
  await service.becomes(run, 'completed');
  expect(most).toBe(2);

  const cancelled = await owner.accept(workflow);
  await eventually(() => held.length === 2);
  await service.pool.query('UPDATE claims SET cancel_requested_at = now() WHERE run_id = $1', [cancelled]);
  await service.becomes(cancelled, 'cancelled');
  expect(service.received.filter(({ url }) => paths.includes(url.slice(1)))).toHaveLength(paths.length + 2);
  for (const answer of held) answer();
});
