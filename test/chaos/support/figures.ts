import { sized } from '@app/testing';
import type { TestContext } from 'vitest';
import { proofSeed } from './chance.js';

/** What a proof measured, by what it is. */
export type Figures = Readonly<Record<string, string | number>>;

declare module 'vitest' {
  interface TaskMeta {
    /** Read by the reporter that writes docs/evidence. */
    figures?: Figures;
  }
}

/** Notes what a test measured: printed with the size and the seed, and kept as evidence by `npm run prove`. */
export function note({ task }: Pick<TestContext, 'task'>, figures: Figures): void {
  task.meta.figures = { ...figures, seed: proofSeed };
  const lines = Object.entries(task.meta.figures).map(([name, value]) => `  ${name}: ${value}`);
  process.stdout.write(`${task.name} (${sized({ ci: 'CI', full: 'full' })} size)\n${lines.join('\n')}\n`);
}
