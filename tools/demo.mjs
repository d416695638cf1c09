// `npm run demo`: the built demonstration of tools/demo, from the root of the repository.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const main = join(root, 'dist', 'tools', 'demo', 'main.js');
process.chdir(root);
if (existsSync(main)) {
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(main).href);
} else {
  process.stderr.write('Not built yet: run "npm start" (or "npm run build") first.\n');
  process.exitCode = 1;
}
