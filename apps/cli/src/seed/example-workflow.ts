import { TriggerType } from '@app/contracts';
import type { WorkflowDefinition } from '@app/definition';

/** Greets by the time of day: it needs nothing but an input such as {"name": "Ada", "hour": 9}. */
export const exampleWorkflow: WorkflowDefinition = {
  name: 'Greeting',
  description: 'An example to execute by hand: a computed value, a choice, a pause.',
  trigger_type: TriggerType.Manual,
  steps: [
    {
      id: 'hour',
      type: 'transform',
      config: { expression: '$exists(input.hour) ? input.hour : 12' },
    },
    {
      id: 'greeting',
      type: 'switch',
      config: {
        cases: [
          { if: 'steps.hour.output < 12', steps: [greet('morning', 'Good morning')] },
          { if: 'steps.hour.output < 18', steps: [greet('afternoon', 'Good afternoon')] },
        ],
        else: [greet('evening', 'Good evening')],
      },
    },
    { id: 'pause', type: 'delay', config: { for_ms: 1_000 } },
    { id: 'result', type: 'transform', config: { expression: '{"text": steps.greeting.output}' } },
  ],
};

function greet(id: string, words: string): WorkflowDefinition['steps'][number] {
  const name = '($exists(input.name) ? input.name : "stranger")';
  return { id, type: 'transform', config: { expression: `"${words}, " & ${name} & "."` } };
}
