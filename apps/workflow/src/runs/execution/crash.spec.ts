import { newId, type JournalEntry } from '@app/contracts';
import { compileDefinition, seededRandom, type StepDefinition, standardBounds } from '@app/definition';
import { sized } from '@app/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionOf, emitted, plainly, refusal, shapes } from '../../../../../test/workflow/shapes.js';
import { noLargeValues } from '../../../../../test/blobs/no-large-values.js';
import { claimed } from '../../../../../test/workflow/run-world.js';
import { stepRunners, type StepServices } from '../../steps/step-runners.js';
import { StepFailure, type StepRunner, type StepsService } from '../../steps/steps.service.js';
import { FencedError } from '../store/fenced.error.js';
import { CallSlots } from './call-slots.js';
import type { RunCommit } from '../store/run-commit.js';
import { emptyHistory } from '../store/run-history.js';
import { RunExecution, type ExecutionEnd } from './run-execution.js';
import { StepExecutor } from './step-executor.js';

interface Interruptions {
  /** Numbers of the commits before which the process ends. */
  before: ReadonlySet<number>;
  /** Numbers of the commits after which it ends without having heard of them. */
  after: ReadonlySet<number>;
  /** Decides in which order calls under way come back. */
  order: string;
}

/** A receiver whose calls come back in an order of its own. */
function receiver(order: string): { runner: StepRunner; keys: Map<string, Set<string>> } {
  const keys = new Map<string, Set<string>>();
  const random = seededRandom(order);
  const runner: StepRunner = {
    kind: 'effect',
    prepare: async ({ step }) => ({ request: step.definition.config['url'], input: null, hash: 'h' }),
    enter: async () => (random() < 0.1 ? { ms: 5, provider: 'https://x' } : undefined),
    mustWait: () => (random() < 0.1 ? { ms: 5, provider: 'https://x' } : undefined),
    perform: async ({ request }, { path, runId }) => {
      keys.set(path, (keys.get(path) ?? new Set()).add(`${runId}/${path}`));
      for (let turns = Math.floor(random() * 20); turns > 0; turns--) await Promise.resolve();
      if (request === 'http://refused') throw new StepFailure(refusal, { retryable: false, mayHaveHappened: false });
      return 'called';
    },
  };
  return { runner, keys };
}

/** Executes a definition, again and again, until it has ended. */
async function executeWithCrashes(steps: StepDefinition[], n: number, { before, after, order }: Interruptions) {
  const { runner, keys } = receiver(order);
  const runners: Record<string, StepRunner> = { ...stepRunners({} as StepServices), 'http.request': runner };
  const service = { runner: (type: string) => runners[type] } as unknown as StepsService;
  const definition = compileDefinition(steps);
  const entries: JournalEntry[] = [];
  const runId = newId();
  const events: string[] = [];
  let output: unknown;
  let commits = 0;
  let now = 1_000;
  for (let epoch = 1; epoch < 500; epoch++) {
    const sink = {
      commit: async (commit: RunCommit) => {
        commits += 1;
        if (before.has(commits)) throw new FencedError(runId);
        entries.push(...(JSON.parse(JSON.stringify(commit.entries)) as JournalEntry[]));
        events.push(...commit.events.map(({ event }) => event.id));
        if (commit.next.kind === 'finish') output = JSON.parse(commit.outputJson ?? 'null');
        if (after.has(commits)) throw new FencedError(runId);
      },
    };
    const services = {
      sink,
      steps: new StepExecutor(service, () => now, new CallSlots(1_000)),
      now: () => now,
      holds: () => true,
      values: noLargeValues,
      breathe: () => Promise.resolve(),
      maxEntries: 10_000,
      bounds: standardBounds,
    };
    const history = { ...emptyHistory(), entries: [...entries], nextSeq: epoch };
    const run = claimed({ runId, epoch, input: { n }, createdAt: new Date(0) });
    const end: ExecutionEnd | 'crashed' = await new RunExecution(run, definition, history, services)
      .execute()
      .catch((error: unknown) => {
        if (error instanceof FencedError) return 'crashed' as const;
        throw error;
      });
    if (end === 'finished' || output !== undefined) return { output, keys, events };
    now += 10;
  }
  throw new Error('the run did not end');
}

describe('a run that is interrupted at any of its commits', () => {
  it('ends like the plain reading of its definition, calls each step with one key and sends each event once', async () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.integer({ min: 0, max: 9 }),
        numbers,
        numbers,
        fc.string(),
        async (list, n, before, after, order) => {
          const interruptions = { before: new Set(before), after: new Set(after), order };
          const result = await executeWithCrashes(definitionOf(list), n, interruptions);
          expect(result.output).toEqual(expected(plainly(list, n)));
          for (const keys of result.keys.values()) expect(keys.size).toBe(1);
          expect(new Set(result.events).size).toBe(result.events.length);
        },
      ),
      { seed: 20_261_125, numRuns: sized({ ci: 150, full: 5_000 }) },
    );
  }, 600_000);
});

/** The error of a refused call names its step besides, and an event that was sent its id and time. */
function expected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expected);
  if (value === emitted) return expect.objectContaining(emitted) as unknown;
  if (value === refusal) return expect.objectContaining(refusal) as unknown;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expected(member)]));
}
