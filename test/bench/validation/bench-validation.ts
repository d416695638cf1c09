import 'reflect-metadata';
import { processorTime, validateInTurns } from '@app/definition';
import { largeDefinitions } from '../../definition/large-definitions.js';

/**
 * How long the check of each definition of test/definition/large-definitions.ts takes, and for how long at most it keeps
 * everything else of the process waiting, in ms of CPU. Give it a few seconds on a machine that does nothing else.
 */
const definitions = Object.entries(largeDefinitions());
// Once for the compiler of JavaScript: a gateway has checked definitions before.
for (const [, definition] of definitions) await validateInTurns(definition);

const rows: { what: string; ms: number; longest: number }[] = [];
for (const [what, definition] of definitions) rows.push({ what, ...(await measured(definition)) });
rows.sort((a, b) => b.longest - a.longest);

const line = (what: string, ms: string, longest: string): string => `| ${what.padEnd(46)} | ${ms} | ${longest} |\n`;
process.stdout.write(line('a definition of 1 MiB with', 'ms in all', 'longest at one go'));
process.stdout.write(line('-'.repeat(46), '--------:', '----------------:'));
for (const { what, ms, longest } of rows) {
  process.stdout.write(line(what, ms.toFixed(0).padStart(9), longest.toFixed(1).padStart(17)));
}

async function measured(definition: object): Promise<{ ms: number; longest: number }> {
  let [longest, isOver] = [0, false];
  const begun = processorTime();
  let last = begun;
  const turn = (): void => {
    const now = processorTime();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await validateInTurns(definition);
  turn();
  isOver = true;
  return { ms: processorTime() - begun, longest };
}
