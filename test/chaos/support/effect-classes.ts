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
/** No class of effects: what a run wishes besides, who is told about it, and what only a run comes to that was left by a process. */
const ofNone: readonly CrashPoint[] = [
  'dispatch.before',
  'dispatch.after',
  'job.before',
  'job.after',
  'cancel.before',
  'cancel.after',
  'probe.before',
  'probe.after',
];

/** Nobody looks for children that are over before there is one. */
const ofChildren: readonly CrashPoint[] = ['deliver.before', 'deliver.after'];

/** Points that a workflow of the class never comes to: it makes no call, starts no run, or needs no slot. */
const unreachable: Readonly<Record<Effect, readonly CrashPoint[]>> = {
  pure: [...ofLimits, ...ofNone, 'call.before', 'call.after', ...ofChildren],
  transactional: [...ofLimits, ...ofNone, 'call.before', 'call.after'],
  keyed: [...ofLimits, ...ofNone, ...ofChildren],
  verifiable: [...ofLimits, ...ofNone, ...ofChildren],
  unsafe: [...ofLimits, ...ofNone, ...ofChildren],
  limited: [...ofNone, ...ofChildren],
};

/** Whether a workflow of the class comes to a point. */
export function reaches(effect: Effect, point: CrashPoint): boolean {
  return !unreachable[effect].includes(point);
}

/** Commits of a run, claims of it: those of the run that a step starts included. */
export const commitsOf: Readonly<Record<Effect, number>> = {
  pure: 1,
  transactional: 3,
  keyed: 2,
  verifiable: 2,
  unsafe: 2,
  limited: 2,
};
/** One of a limited run by its replica's hand, one by way of the queue, which has a point of its own. */
const claimsOf: Readonly<Record<Effect, number>> = {
  pure: 1,
  transactional: 3,
  keyed: 1,
  verifiable: 1,
  unsafe: 1,
  limited: 1,
};

/** One replica is dead: it is declared so, its runs are freed, the dead of yesterday forgotten, its slots held, then given up. */
const STATEMENTS_OF_RECOVERY = 5;

/** How often a run of the class certainly comes to a point that it reaches. */
export function passesOf(point: CrashPoint, effect: Effect): number {
  if (point.startsWith('commit')) return commitsOf[effect];
  if (point.startsWith('recover')) return STATEMENTS_OF_RECOVERY;
  return point.startsWith('claim') ? claimsOf[effect] : 1;
}
