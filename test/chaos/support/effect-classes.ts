import type { StepDefinition } from '@app/definition';
import type { CrashPoint } from '../../../apps/workflow/src/crash-points/crash-points.service.js';

interface Place {
  /** The workflow that a step starts and waits for. */
  workflow: string;
  /** Where a call goes; may hold expressions. */
  url: string;
}

/** The steps of a workflow for each class of effects. */
export const stepsOf = {
  pure: (): StepDefinition[] => [{ id: 'x', type: 'transform', config: { expression: 'input.n * 2' } }],
  transactional: ({ workflow }: Place): StepDefinition[] => [
    { id: 'x', type: 'workflow.run', config: { workflow_id: workflow, input: { n: '{{ input.n }}' } } },
  ],
  keyed: ({ url }: Place): StepDefinition[] => [{ id: 'x', type: 'http.request', config: { method: 'PUT', url } }],
  verifiable: ({ url }: Place): StepDefinition[] => [
    {
      id: 'x',
      type: 'http.request',
      config: { method: 'POST', url },
      probe: { request: { method: 'GET', url }, expression: 'body.count > 0' },
    },
  ],
  unsafe: ({ url }: Place): StepDefinition[] => [{ id: 'x', type: 'http.request', config: { method: 'POST', url } }],
} as const;
export type Effect = keyof typeof stepsOf;
export const effects = Object.keys(stepsOf) as Effect[];

/** Points that a workflow of the class never comes to: it makes no call, or starts no run. */
const unreachable: Readonly<Record<Effect, readonly CrashPoint[]>> = {
  pure: ['call.before', 'call.after', 'deliver.after'],
  transactional: ['call.before', 'call.after'],
  keyed: ['deliver.after'],
  verifiable: ['deliver.after'],
  unsafe: ['deliver.after'],
};

/** Whether a workflow of the class comes to a point. */
export function reaches(effect: Effect, point: CrashPoint): boolean {
  return !unreachable[effect].includes(point);
}
