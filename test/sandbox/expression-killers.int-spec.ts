import { sized } from '@app/testing';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyExpression } from './expressions.js';
import { ForkedProcess } from './forked-process.js';
import { JUDGED_MS } from './keeps-processor.js';
import type { ExpressionReport } from './processes/expression-process.js';

const KILLERS = new URL('../../libs/definition/src/expressions/killers/killers.json', import.meta.url);
const killers = JSON.parse(readFileSync(KILLERS, 'utf8')) as { overLimit: string[]; harmless: string[] };

let evaluator: ForkedProcess<ExpressionReport>;
let worst = { heldMs: 0, text: '' };
beforeAll(async () => {
  evaluator = await ForkedProcess.start<ExpressionReport>('expression-process');
});
afterAll(() => {
  evaluator.stop();
  process.stdout.write(`An expression kept the processor for ${worst.heldMs.toFixed(0)} ms at most: ${worst.text}\n`);
});

/** What became of an expression; its process is the same as before and has inherited nothing. */
async function report(text: string): Promise<ExpressionReport> {
  const said = await evaluator.ask({ text });
  expect(said, text).toMatchObject({ pid: evaluator.pid, inherited: [] });
  expect(said.unexpected, text).toBeUndefined();
  if (said.value !== undefined) expect(said.isPlain, text).toBe(true);
  if (said.heldMs > worst.heldMs) worst = { heldMs: said.heldMs, text };
  expect(said.heldMs, text).toBeLessThan(JUDGED_MS);
  return said;
}

describe('an expression in a process of its own', () => {
  it.each(killers.overLimit)('is over its limit: %s', async (text) => {
    expect((await report(text)).refused?.overLimit).toBe(true);
  });

  it.each(killers.harmless)('reaches nothing outside its data: %s', async (text) => {
    const { value } = await report(text);
    expect(value ?? '').not.toMatch(/native code|\[object process\]|polluted":true.*polluted/);
    expect((await report('$string($sum([1..3]))')).value).toBe('"6"');
  });

  it(
    'comes to a value or a clear error, whatever it is',
    { timeout: sized({ ci: 60_000, full: 1_200_000 }) },
    async () => {
      const texts = anyExpression([...killers.overLimit, ...killers.harmless]);
      await fc.assert(
        fc.asyncProperty(texts, async (text) => {
          await report(text);
        }),
        { seed: 20_261_125, numRuns: sized({ ci: 200, full: 50_000 }) },
      );
    },
  );
});
