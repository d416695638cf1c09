import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

const DIST = join(import.meta.dirname, '..', '..', '..', '..', 'dist');

/** Packages that are compiled for a machine, or loaded only where somebody has installed them. */
const OUTSIDE = [/^@node-rs\//, /^@nestjs\/(websockets|platform-)/, 'pg-native'];
/** What is loaded for what it does: all else is left out when nobody uses what it exports. */
const WITH_EFFECTS = /reflect-metadata|\/engine-alone\.js$|\/lease-thread\.js$/;

/**
 * Puts the compiled engine (`npm run build` first) and the packages that it uses into one script, and the thread that keeps
 * its lease beside it. A process reads these instead of 1,600 files, and with the compiled code that another one kept
 * (`run-engine.ts`) it starts in a fraction of the time.
 * @param folder an empty one
 * @returns the script
 */
export async function bundleEngine(folder: string): Promise<string> {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const engine = join(folder, 'engine.js');
  await Promise.all([
    bundle('test/chaos/processes/engine-alone.js', engine),
    bundle('libs/database/src/replicas/lease-thread.js', join(folder, 'lease-thread.js')),
  ]);
  writeFileSync(engine, asScript(readFileSync(engine, 'utf8')));
  return engine;
}

async function bundle(main: string, file: string): Promise<void> {
  await build({
    input: join(DIST, main),
    platform: 'node',
    external: OUTSIDE,
    treeshake: { moduleSideEffects: (id) => WITH_EFFECTS.test(id) },
    logLevel: 'silent',
    output: { file, format: 'esm', codeSplitting: false, comments: false },
  });
}

/**
 * V8 keeps the compiled code of scripts and not that of modules, so the module becomes a function of `require` and its own
 * address. What it imports by now is Node.js itself. Characters beyond ASCII are written as escapes: a string of one byte for
 * each character is the fastest one to read.
 */
function asScript(module: string): string {
  const body = module
    .replace(/^import \* as (\S+) from (".+");$/gm, 'const $1 = require($2);')
    .replace(/^import (\{.+\}) from (".+");$/gm, (_, names: string, from: string) => {
      return `const ${names.replaceAll(' as ', ': ')} = require(${from});`;
    })
    .replaceAll('import.meta.url', 'address')
    .replace(/^export \{.*\};$/m, '')
    .replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `(async (require, address) => {${body}\n})`;
}
