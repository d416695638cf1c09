#!/usr/bin/env node
// The command `biometrics`: the built command line, in this process.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const main = join(import.meta.dirname, '..', 'dist', 'apps', 'cli', 'src', 'main.js');
if (existsSync(main)) {
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(main).href);
} else {
  process.stderr.write('Not built yet: run "npm run build" first.\n');
  process.exitCode = 1;
}
