import { processorTime } from '@app/definition';
import { afterAll, expect } from 'vitest';

/** What the contract allows an expression, and how much of it a test does: the machine has other work. */
const PROMISED_MS = 50;
export const JUDGED_MS = 4 * PROMISED_MS;

/** Measures, in this file, how long expressions keep the processor, in ms; the worst are printed in the end. */
export function keepsProcessor(): <T>(text: string, run: () => Promise<T>) => Promise<T> {
  const measured: [number, string][] = [];
  afterAll(() => {
    const worst = measured.toSorted(([a], [b]) => b - a).slice(0, 5);
    process.stdout.write(`${worst.map(([ms, text]) => `${ms.toFixed(0)} ms  ${text}`).join('\n')}\n`);
  });
  return async (text, run) => {
    const before = processorTime();
    try {
      return await run();
    } finally {
      const ms = processorTime() - before;
      measured.push([ms, text]);
      expect(ms, text).toBeLessThan(JUDGED_MS);
    }
  };
}
