import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

/**
 * Runs the script beside it (`bundleEngine`), with the compiled code that a process or thread before it has kept there: the
 * first one that ends in order. Compiling is most of a start.
 */

const address = import.meta.url;
const file = `${fileURLToPath(address)}.script`;
const compiled = `${file}.compiled`;
const isCompiled = existsSync(compiled);

const script = new Script(readFileSync(file, 'latin1'), {
  filename: file,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  ...(isCompiled && { cachedData: readFileSync(compiled) }),
});
if (!isCompiled) process.once('exit', () => writeFileSync(compiled, script.createCachedData()));

type Main = (require: NodeJS.Require, address: string) => Promise<void>;
const main = script.runInThisContext() as Main;
void main(createRequire(address), address);
