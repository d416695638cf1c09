import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';

/**
 * Runs the script that it is given (`bundleEngine`), with the compiled code that a process before it kept beside the script.
 * Compiling is most of a start.
 */

/** Has a process keep what it has compiled so far; it says `kept`. */
export type KeepOrder = 'keep';
export type KeepReport = 'kept';

const [, , file = ''] = process.argv;
const compiled = `${file}.compiled`;
const script = new Script(readFileSync(file, 'latin1'), {
  filename: file,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  ...(existsSync(compiled) && { cachedData: readFileSync(compiled) }),
});

process.on('message', (order: unknown) => {
  if (order !== ('keep' satisfies KeepOrder)) return;
  writeFileSync(compiled, script.createCachedData());
  process.send?.('kept' satisfies KeepReport);
});

type Main = (require: NodeJS.Require, address: string) => Promise<void>;
const main = script.runInThisContext() as Main;
await main(createRequire(file), pathToFileURL(file).href);
