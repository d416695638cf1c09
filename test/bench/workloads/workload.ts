import type { BenchWorld } from '../bench-world.js';
import type { RunFigures } from '../measure-runs.js';

/** Something that is measured, as a share of F: what bare Fastify answers on the same machine in the same run. */
export interface Workload {
  letter: string;
  title: string;
  /** Completed runs per second, as a share of F: what has to be reached, and what is aimed at. */
  bar: number;
  goal?: number;
  /**
   * What has to be reached of A, where that is what the row is about. It has a platform of its own then, on which A is measured
   * right before `prepare`: hours and platforms differ more than these rows do.
   */
  ofA?: number;
  /**
   * Makes what it needs, once; what it returns measures one repetition. Lines that it adds to `notes` are printed below the
   * table.
   */
  prepare(world: BenchWorld, notes: string[]): Promise<() => Promise<RunFigures>>;
}

export const pureSteps = [
  { id: 'pick', type: 'transform', config: { expression: '{"name": input.name, "total": input.price * input.count}' } },
  { id: 'tax', type: 'transform', config: { expression: 'steps.pick.output.total * 0.2' } },
  { id: 'sum', type: 'transform', config: { expression: 'steps.pick.output.total + steps.tax.output' } },
];

export const input = { name: 'a thing', price: 12.5, count: 3 };
