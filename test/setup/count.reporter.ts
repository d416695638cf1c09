import type { Reporter, TestModule } from 'vitest/node';

/** Prints the counts of a run once more as its very last lines, in a form that scripts can read. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string): number => results.filter((result) => result === state).length;
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const counts = `tests: ${count('passed')} passed, ${count('failed') + brokenFiles} failed, ${count('skipped')} skipped`;
    const lines = [...sizeOf(modules), counts];
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}

/** Which size the proofs ran in, if any ran. */
function sizeOf(modules: readonly TestModule[]): string[] {
  if (!modules.some(({ project }) => project.name === 'chaos')) return [];
  return [process.env['PROOF_SIZE'] === 'full' ? 'proofs ran in full size' : 'proofs ran in CI size'];
}
