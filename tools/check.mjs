#!/usr/bin/env node
// `npm run check`: everything that needs no server, in under a minute. Runs all of it even when some of it fails, and
// says for each failure what mends it.
import { spawn } from 'node:child_process';

const checks = [
  { name: 'unit tests', command: 'npm run --silent test:unit', remedy: 'npx vitest --project unit' },
  { name: 'format', command: 'npm run --silent format:check', remedy: 'npm run format' },
  {
    name: 'lint',
    command: 'npm run --silent lint',
    remedy: 'mend the code; npm run lint -- --fix mends what is mechanical',
  },
  { name: 'types', command: 'npm run --silent types', remedy: 'mend the types' },
  { name: 'generated', command: 'node tools/openapi-metadata.mjs --check', remedy: 'npm run generate' },
  { name: 'boundaries', command: 'npm run --silent lint:boundaries', remedy: 'see the sentence under each violation' },
  { name: 'dead code', command: 'npm run --silent lint:dead', remedy: 'remove what nobody uses, or use it' },
];

/** Resolves to what a command printed and whether it succeeded. */
function run(command) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, { shell: true, env: { ...process.env, FORCE_COLOR: '0' } });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

// `npm test` runs the unit tests together with all others.
const wanted = process.argv.includes('--static') ? checks.filter(({ name }) => name !== 'unit tests') : checks;

let failed = 0;
const waiting = [...wanted];

/** Takes one check after the other until none is left. Two lanes, because most of them use one processor. */
async function lane() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const started = performance.now();
    const { ok, output } = await run(check.command);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${check.name.padEnd(12)} ${seconds.padStart(5)} s`);
    if (ok) continue;
    failed += 1;
    console.log(`${output.trimEnd()}\n  → ${check.remedy}\n`);
  }
}

await Promise.all([lane(), lane()]);
console.log(failed === 0 ? 'All checks passed.' : `${failed} of ${wanted.length} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;
