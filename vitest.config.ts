import { configDefaults, defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { CountReporter } from './test/setup/count.reporter.js';
import { EvidenceReporter } from './test/setup/evidence.reporter.js';

const SECOND = 1_000;

/** One kind of tests. Kinds run one after the other, in the order of `projects` below. */
function project(name: string, order: number, test: object): TestProjectConfiguration {
  return { extends: true, test: { name, sequence: { groupOrder: order }, ...test } };
}

/** Tests that talk to the real PostgreSQL and Redis that this set-up starts. */
const withServers = { globalSetup: ['test/setup/servers.ts'] };

/** Tests that start the built services: one file at a time, or they would take the processor from each other. */
const wholeSystem = { ...withServers, maxWorkers: 1, testTimeout: 180 * SECOND, hookTimeout: 180 * SECOND };

export default defineConfig({
  resolve: {
    alias: [{ find: /^@app\/([^/]+)$/, replacement: `${import.meta.dirname}/libs/$1/src/index.ts` }],
  },
  test: {
    reporters: ['default', new EvidenceReporter(), new CountReporter()],
    pool: 'forks',
    // The cheapest hashes that are allowed: thousands of people sign up in these tests.
    env: { PASSWORD_HASH_MEMORY: '19456KiB', PASSWORD_HASH_PASSES: '2' },
    // Decorated classes need the metadata; in a process its main module imports it first.
    setupFiles: ['test/setup/metadata.ts', 'test/setup/environment.ts'],
    projects: [
      // Unit tests leave nothing behind, so that files may share a process and its imports, which take most of the time.
      project('unit', 0, {
        isolate: false,
        include: ['{apps,libs,tools,test}/**/*.spec.ts'],
      }),
      project('integration', 1, {
        ...withServers,
        isolate: false,
        include: ['{apps,libs,tools,test}/**/*.int-spec.ts'],
        testTimeout: 30 * SECOND,
        hookTimeout: 60 * SECOND,
      }),
      project('e2e', 2, { ...wholeSystem, include: ['test/e2e/**/*.e2e-spec.ts'] }),
      project('chaos', 3, { ...wholeSystem, include: ['test/chaos/**/*.chaos-spec.ts'] }),
    ],
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'html'],
      include: ['{apps,libs}/*/src/**/*.ts'],
      exclude: [...configDefaults.exclude, '**/*.{spec,int-spec,conformance}.ts', '**/main.ts', 'libs/testing/**'],
      thresholds: { lines: 80 },
    },
  },
});
