import { newId, type EffectClass, type JournalEntry } from '@app/contracts';
import { compileDefinition, standardBounds, type Bounds, type StepDefinition } from '@app/definition';
import type { ClaimedRun } from '../../apps/workflow/src/runs/claim/claimed-run.js';
import { CallSlots } from '../../apps/workflow/src/runs/execution/call-slots.js';
import { RunExecution } from '../../apps/workflow/src/runs/execution/run-execution.js';
import type { ValueStore } from '../../apps/workflow/src/runs/execution/large-values.js';
import { StepExecutor } from '../../apps/workflow/src/runs/execution/step-executor.js';
import type { RunCommit } from '../../apps/workflow/src/runs/store/run-commit.js';
import { emptyHistory, type RunHistory } from '../../apps/workflow/src/runs/store/run-history.js';
import { stepRunners, type StepServices } from '../../apps/workflow/src/steps/step-runners.js';
import { noLargeValues } from '../blobs/no-large-values.js';
import type { CallWait, EffectRunner, StepRunner, StepsService } from '../../apps/workflow/src/steps/steps.service.js';

export const put: StepDefinition = { id: 'put', type: 'http.request', config: { method: 'PUT', url: 'http://x' } };
export const post: StepDefinition = { id: 'post', type: 'http.request', config: { method: 'POST', url: 'http://x' } };
export const pure = (id: string, expression = 'input'): StepDefinition => ({
  id,
  type: 'transform',
  config: { expression },
});

/** A world of one run: its calls, its commits and its clock. */
export class World {
  readonly commits: RunCommit[] = [];
  readonly calls: string[] = [];
  now = 1_000;

  /** @param services what steps are done with, where a test needs any */
  constructor(private readonly services: Partial<StepServices> = {}) {}

  /** Whether the lease is held. */
  holds = true;
  /** What the next calls do; the default answers with the path. */
  perform: EffectRunner['perform'] = async (_call, { path }) => path;
  hash = 'h';
  maxEntries = 1_000;
  bounds: Bounds = standardBounds;
  /** Where large values are kept: there are none, unless a test says so. */
  values: ValueStore = noLargeValues;
  beforeCommit: (commit: RunCommit) => void = () => undefined;
  /** Writes commits; the default does so at once. */
  commit = async (commit: RunCommit): Promise<void> => {
    this.beforeCommit(commit);
    this.commits.push(commit);
  };

  /** What the receiver says of a call that nobody knows of. */
  probe: NonNullable<EffectRunner['probe']> = async () => ({ happened: true, output: 'probed' });

  /** How long the provider wants no calls, in ms from now. */
  waitMs = 0;

  /** Why the next calls that are about to be made have to wait, because of a limit. */
  readonly limitWaits: (CallWait | undefined)[] = [];

  private readonly effect: EffectRunner = {
    kind: 'effect',
    enter: async (call) => this.limitWaits.shift() ?? this.effect.mustWait(call),
    mustWait: () => (this.waitMs === 0 ? undefined : { ms: this.waitMs, provider: 'https://x' }),
    probe: (context) => this.probe(context),
    prepare: async () => ({ request: null, input: { shown: true }, hash: this.hash }),
    perform: (call, context) => {
      this.calls.push(context.path);
      return this.perform(call, context);
    },
  };

  execution(
    steps: StepDefinition[],
    more: { history?: Partial<RunHistory>; run?: Partial<ClaimedRun>; config?: Record<string, unknown> } = {},
  ): RunExecution {
    const runners: Record<string, StepRunner> = {
      ...stepRunners(this.services as StepServices),
      'http.request': this.effect,
    };
    const service = { runner: (type: string) => runners[type] } as unknown as StepsService;
    const sink = { commit: this.commit };
    const services = {
      sink,
      steps: new StepExecutor(service, () => this.now, new CallSlots(1_000)),
      now: () => this.now,
      holds: () => this.holds,
      values: this.values,
      breathe: () => Promise.resolve(),
      maxEntries: this.maxEntries,
      bounds: this.bounds,
    };
    return new RunExecution(
      claimed(more.run),
      compileDefinition(steps, more.config),
      { ...emptyHistory(), ...more.history },
      services,
    );
  }

  /** Types of all committed entries, one list per commit. */
  get journal(): string[][] {
    return this.commits.map(({ entries }) => entries.map(({ type, path }) => `${type.replace('step.', '')} ${path}`));
  }

  get last(): RunCommit {
    const commit = this.commits.at(-1);
    if (commit === undefined) throw new Error('nothing was committed');
    return commit;
  }
}

export function claimed(more: Partial<ClaimedRun> = {}): ClaimedRun {
  return {
    runId: newId(),
    retention: 30,
    workflowId: newId(),
    version: 1,
    userId: newId(),
    owner: newId(),
    epoch: 1,
    cancelRequested: false,
    wasWoken: false,
    claimedAt: new Date(900),
    status: 'pending',
    input: { n: 1 },
    trigger: { type: 'manual' },
    correlationId: null,
    tags: [],
    depth: 0,
    watched: false,
    createdAt: new Date(800),
    ...more,
  };
}

export const started = (path: string, effect: EffectClass): JournalEntry => ({
  type: 'step.started',
  path,
  at: 1,
  attempt: 1,
  effect,
  request_hash: 'h',
});
