import { measureRuns, type RunLoad } from '../measure-runs.js';
import { singleRowCommits } from '../references.js';
import { CONNECTIONS } from './execute.js';
import { input, pureSteps, type Workload } from './workload.js';

const WARM_UP_SECONDS = 5;

export const webhook: Workload = {
  letter: 'B',
  title: 'webhook that waits for the output, three pure steps',
  bar: 0.045,
  goal: 0.07,
  prepare: async (world, notes) => {
    const { id, hook_url } = await world.account.createWorkflow({
      trigger_type: 'webhook',
      config: { trigger: { verify: { type: 'none' }, respond: 'output' } },
      steps: pureSteps.map((step) => ({
        ...step,
        config: { expression: step.config.expression.replaceAll('input.', 'input.body.') },
      })),
    });
    await world.account.activate(id);
    const load: RunLoad = {
      workflowId: id,
      url: new URL(new URL(hook_url ?? '').pathname, world.platform.url).href,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
      connections: CONNECTIONS,
    };
    await measureRuns(world, load, WARM_UP_SECONDS);
    return async () => {
      const figures = await measureRuns(world, load);
      const alone = await measureRuns(world, { ...load, connections: 1 }, world.seconds / 2);
      const commits = await singleRowCommits(world.platform.databaseUrl, world.seconds / 2);
      const bar = 3_000 / commits + 3;
      notes.push(
        `B with one client: p50 is ${alone.load.p50.toFixed(1)} ms (bar: three commits and 3 ms, ${bar.toFixed(1)})`,
      );
      return figures;
    };
  },
};
