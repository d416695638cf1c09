import type { Reporter, TestModule } from 'vitest/node';

/** Prints the counts of a run once more as its very last line, in a form that scripts can read. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string): number => results.filter((result) => result === state).length;
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const line = `tests: ${count('passed')} passed, ${count('failed') + brokenFiles} failed, ${count('skipped')} skipped`;
    process.once('exit', () => process.stdout.write(`${line}\n`));
  }
}
