import { standardBounds, type Bounds, type StepDefinition } from '@app/definition';
import { expect, it } from 'vitest';
import { pure, World } from '../../../../../test/workflow/run-world.js';

const each: StepDefinition = { id: 'each', type: 'foreach', config: { items: '[1..5]', steps: [pure('x', 'item')] } };
const again = (until?: string): StepDefinition => ({
  id: 'again',
  type: 'repeat',
  config: { max_iterations: 5, ...(until !== undefined && { until }), steps: [pure('x', 'index')] },
});
const emit: StepDefinition = { id: 'emit', type: 'event.emit', config: { type: 'org.example.done' } };

it.each<[keyof Bounds, number, StepDefinition, string, string]>([
  ['maxItems', 4, each, 'ITEMS_INVALID', 'WORKFLOW_MAX_ITEMS'],
  ['maxIterations', 4, again(), 'ITERATIONS_EXHAUSTED', 'WORKFLOW_MAX_ITERATIONS'],
  ['maxIterations', 4, again('index = 4'), 'ITERATIONS_EXHAUSTED', 'WORKFLOW_MAX_ITERATIONS'],
  ['maxValueBytes', 20, pure('big', `$pad('', 30, 'x')`), 'OUTPUT_INVALID', 'WORKFLOW_MAX_VALUE_BYTES'],
  ['maxValueBytes', 20, pure('wide', `'123456789012345é67'`), 'OUTPUT_INVALID', 'WORKFLOW_MAX_VALUE_BYTES'],
  ['maxExpressionSteps', 1_000, pure('long', '$sum([1..900].($ + 1))'), 'EXPRESSION_LIMIT', 'EXPRESSION_MAX_STEPS'],
  ['maxCauses', 2, emit, 'LOOP_DETECTED', 'WORKFLOW_MAX_CAUSES'],
])('%s are told and named', async (bound, value, step, code, variable) => {
  const executed = async (bounds: Bounds): Promise<World> => {
    const world = new World();
    world.bounds = bounds;
    await world.execution([step], { run: { depth: 2 } }).execute();
    return world;
  };
  expect((await executed(standardBounds)).last).toMatchObject({ status: 'completed' });
  const { last } = await executed({ ...standardBounds, [bound]: value });
  expect(JSON.parse(last.errorJson ?? '')).toMatchObject({ code, message: expect.stringContaining(variable) });
});
