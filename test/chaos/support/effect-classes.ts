import type { StepDefinition } from '@app/definition';
import type { CrashPoint } from '../../../apps/workflow/src/crash-points/crash-points.service.js';

interface Place {
  /** The workflow that a step starts and waits for. */
  workflow: string;
  /** Where a call goes; may hold expressions. */
  url: string;
  /** How long a call of a limited run may take, in ms, and so its slot be held after its process has died; 1 s unless given. */
  callMs?: number;
}

/** The steps of a workflow for each class of effects, and of one whose runs have to ask for a slot. */
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
  limited: ({ url, callMs = 1_000 }: Place): StepDefinition[] => [
    { id: 'x', type: 'http.request', config: { method: 'PUT', url }, timeout_ms: callMs },
  ],
} as const;
export type Effect = keyof typeof stepsOf;
export const effects = Object.keys(stepsOf) as Effect[];
/** Those whose workflows have no limits: they need no slot, and their commits are the usual ones. */
export const freeEffects = effects.filter((effect) => effect !== 'limited');

/** `config` of a workflow of the class. */
export function configOf(effect: Effect): Record<string, unknown> {
  return effect === 'limited' ? { limits: { concurrency: { max: 1 } } } : {};
}

const ofLimits: readonly CrashPoint[] = ['queue.before', 'queue.after', 'slot.before', 'slot.after'];

/** Points that a workflow of the class never comes to: it makes no call, starts no run, or needs no slot. */
const unreachable: Readonly<Record<Effect, readonly CrashPoint[]>> = {
  pure: [...ofLimits, 'call.before', 'call.after', 'deliver.after'],
  transactional: [...ofLimits, 'call.before', 'call.after'],
  keyed: [...ofLimits, 'deliver.after'],
  verifiable: [...ofLimits, 'deliver.after'],
  unsafe: [...ofLimits, 'deliver.after'],
  limited: ['deliver.after'],
};

/** Whether a workflow of the class comes to a point. */
export function reaches(effect: Effect, point: CrashPoint): boolean {
  return !unreachable[effect].includes(point);
}
