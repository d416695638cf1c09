import { newId, type JournalEntry } from '@app/contracts';
import { compileDefinition, type StepDefinition } from '@app/definition';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delayRunner } from '../../steps/delay/delay.runner.js';
import type { StepRunner, StepsService } from '../../steps/steps.service.js';
import { switchRunner } from '../../steps/switch/switch.runner.js';
import { transformRunner } from '../../steps/transform/transform.runner.js';
import type { ClaimedRun } from '../claim/claimed-run.js';
import { FencedError } from '../store/fenced.error.js';
import { emptyHistory } from '../store/run-history.js';
import { RunExecution, type ExecutionEnd } from './run-execution.js';
import { StepExecutor } from './step-executor.js';

/** What a generated step is made of; ids are given out when the tree is written down. */
type Shape =
  | { kind: 'pure'; add: number }
  | { kind: 'call' }
  | { kind: 'delay' }
  | { kind: 'switch'; taken: boolean; inside: Shape[]; otherwise: Shape[] };

const { shapes } = fc.letrec<{ shape: Shape; shapes: Shape[] }>((tie) => ({
  shapes: fc.array(tie('shape'), { minLength: 1, maxLength: 4 }),
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ kind: fc.constant('pure' as const), add: fc.integer({ min: 0, max: 9 }) }),
    fc.constant({ kind: 'call' as const }),
    fc.constant({ kind: 'delay' as const }),
    fc.record({
      kind: fc.constant('switch' as const),
      taken: fc.boolean(),
      inside: tie('shapes'),
      otherwise: tie('shapes'),
    }),
  ),
}));

function definitionOf(list: readonly Shape[], nextId: () => string): StepDefinition[] {
  return list.map((shape) => {
    const id = nextId();
    switch (shape.kind) {
      case 'pure':
        return { id, type: 'transform', config: { expression: `input.n + ${shape.add}` } };
      case 'call':
        return { id, type: 'http.request', config: { method: 'PUT', url: 'http://x' } };
      case 'delay':
        return { id, type: 'delay', config: { for_ms: 5 } };
      case 'switch': {
        const inside = definitionOf(shape.inside, nextId);
        return {
          id,
          type: 'switch',
          config: { cases: [{ if: String(shape.taken), steps: inside }], else: definitionOf(shape.otherwise, nextId) },
        };
      }
    }
  });
}

/** The plain reading of a definition: one step after the other, nothing ever fails. The output of the last step. */
function plainly(list: readonly Shape[], n: number): unknown {
  let last: unknown = null;
  for (const shape of list) {
    if (shape.kind === 'pure') last = n + shape.add;
    else if (shape.kind === 'call') last = 'called';
    else if (shape.kind === 'delay') last = null;
    else last = plainly(shape.taken ? shape.inside : shape.otherwise, n);
  }
  return last;
}

/** Executes a definition while the commits whose numbers are in `lostBefore` and `lostAfter` are interrupted. */
async function executeWithCrashes(steps: StepDefinition[], n: number, lostBefore: Set<number>, lostAfter: Set<number>) {
  const calls = new Map<string, Set<string>>();
  const entries: JournalEntry[] = [];
  let output: unknown;
  let commits = 0;
  let now = 1_000;
  const call: StepRunner = {
    kind: 'effect',
    prepare: async () => ({ request: null, input: null, hash: 'h' }),
    perform: async (_call, { path, runId }) => {
      calls.set(path, (calls.get(path) ?? new Set()).add(`${runId}/${path}`));
      return 'called';
    },
  };
  const runners: Record<string, StepRunner> = {
    transform: transformRunner,
    switch: switchRunner,
    delay: delayRunner,
    'http.request': call,
  };
  const service = { runner: (type: string) => runners[type] } as unknown as StepsService;
  const runId = newId();
  for (let epoch = 1; epoch < 200; epoch++) {
    const run = {
      runId,
      epoch,
      input: { n },
      createdAt: new Date(0),
      claimedAt: new Date(0),
      status: 'pending',
    } as unknown as ClaimedRun;
    const sink = {
      commit: async (commit: {
        entries: readonly JournalEntry[];
        outputJson: string | null;
        next: { kind: string };
      }) => {
        commits += 1;
        if (lostBefore.has(commits)) throw new FencedError(runId);
        entries.push(...(JSON.parse(JSON.stringify(commit.entries)) as JournalEntry[]));
        if (commit.next.kind === 'finish') output = JSON.parse(commit.outputJson ?? 'null');
        if (lostAfter.has(commits)) throw new FencedError(runId);
      },
    };
    const services = { sink, steps: new StepExecutor(service, () => now), now: () => now, holds: () => true };
    const history = { ...emptyHistory(), entries: [...entries], nextSeq: epoch };
    const end: ExecutionEnd | 'crashed' = await new RunExecution(run, compileDefinition(steps), history, services)
      .execute()
      .catch((error: unknown) => {
        if (error instanceof FencedError) return 'crashed' as const;
        throw error;
      });
    if (end === 'finished' || output !== undefined) return { output, calls };
    now += 10;
  }
  throw new Error('the run did not end');
}

describe('a run that is interrupted at any of its commits', () => {
  it('ends like the plain reading of its definition, and calls each step with one key', async () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 0, max: 9 }), numbers, numbers, async (list, n, before, after) => {
        let count = 0;
        const steps = definitionOf(list, () => `s${++count}`);
        const result = await executeWithCrashes(steps, n, new Set(before), new Set(after));
        expect(result.output).toEqual(plainly(list, n));
        for (const keys of result.calls.values()) expect(keys.size).toBe(1);
      }),
      { seed: 20_261_122, numRuns: 60 },
    );
  }, 60_000);
});
