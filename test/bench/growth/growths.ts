import { createHash } from 'node:crypto';
import type { BenchWorld } from '../bench-world.js';
import type { RunFigures } from '../measure-runs.js';
import { chainOf, executed } from '../workloads/execute.js';
import { pureSteps } from '../workloads/workload.js';
import { writeHistory } from '../workloads/write-history.js';

/** Something that a run's cost may grow with. */
export interface Growth {
  name: string;
  /** What the points differ in. */
  head: string;
  /** Measured in this order, on one platform. */
  points: readonly { label: string; measure: (world: BenchWorld) => Promise<RunFigures> }[];
}

const KIB = 1_024;
/** Of a JSON body besides its text. */
const AROUND = 100;

/** Text that nothing compresses, always the same. */
function noise(length: number): string {
  const bytes = createHash('shake256', { outputLength: Math.ceil((length * 3) / 4) }).digest();
  return bytes.toString('base64url').slice(0, length);
}

const measured = async (...args: Parameters<typeof executed>): Promise<RunFigures> => (await executed(...args))();

const steps: Growth = {
  name: 'steps',
  head: 'steps',
  points: [1, 3, 10, 40, 100, 400].map((count) => ({
    label: String(count),
    measure: (world) => measured(world, chainOf(count)),
  })),
};

/** Of three pure steps, that look at it and pass none of it on. */
const payload: Growth = {
  name: 'payload',
  head: 'input KiB',
  points: [1, 4, 16, 64, 256, 1_024].map((kib) => {
    const input = { name: 'a thing', price: 12.5, count: 3, text: noise(kib * KIB - AROUND) };
    return { label: String(kib), measure: (world) => measured(world, pureSteps, { input }) };
  }),
};

/** The same text through each of three steps, so in the journal and the output as well. */
const outputs: Growth = {
  name: 'outputs',
  head: 'KiB through three steps',
  points: [1, 4, 16, 64, 256].map((kib) => {
    const input = { text: noise(kib * KIB - AROUND) };
    const passed = ['input', 'steps.a.output', 'steps.b.output'].map((expression, index) => ({
      id: 'abc'.charAt(index),
      type: 'transform',
      config: { expression },
    }));
    return { label: String(kib), measure: (world) => measured(world, passed, { input }) };
  }),
};

const replicas: Growth = {
  name: 'replicas',
  head: 'workflow replicas',
  points: [1, 2, 3, 4].map((count) => ({
    label: String(count),
    measure: async (world) => {
      if (count > 1) {
        await world.addReplica('workflow');
      }
      return measured(world, pureSteps);
    },
  })),
};

const history: Growth = {
  name: 'history',
  head: 'finished runs before',
  points: [0, 10_000, 100_000, 1_000_000].map((count, index, counts) => ({
    label: count.toLocaleString('en-US'),
    measure: async (world) => {
      const { id } = await world.account.createWorkflow({ steps: pureSteps });
      if (count > 0) await writeHistory(world, id, { from: counts[index - 1] ?? 0, to: count });
      return measured(world, pureSteps);
    },
  })),
};

export const growths: readonly Growth[] = [steps, payload, outputs, replicas, history];
