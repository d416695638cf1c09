// `npm start`: installs what is missing, builds what is stale, then becomes `biometrics serve all`.
// Plain Node.js without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, isBuilt, linkCommand } from './build.mjs';

const root = join(import.meta.dirname, '..');
process.chdir(root);

requireNode();
if (!isInstalled()) install();
if (!isBuilt()) {
  say('Building …');
  if (!build()) fail('The build failed, see above.');
}
linkCommand();
process.argv.splice(2, 0, 'serve', 'all');
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(root, 'dist', 'apps', 'cli', 'src', 'main.js')).href);

/** Standard output belongs to the ready line and what follows it. */
function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}

function requireNode() {
  const wanted = JSON.parse(readFileSync('package.json', 'utf8')).engines.node;
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.match(/\d+/g).map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(`Node.js ${wanted} is needed, this is ${process.versions.node}: install a newer one from https://nodejs.org.`);
}

/** Whether node_modules holds the versions of package-lock.json. npm lists what it installed in a file of its own. */
function isInstalled() {
  const installed = join('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const wanted = Object.entries(JSON.parse(readFileSync('package-lock.json', 'utf8')).packages);
  return wanted.every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true;
    return present[path] === undefined ? optional === true : present[path].version === version;
  });
}

function install() {
  say('Installing dependencies …');
  const npm = process.env.npm_execpath;
  const [file, ...args] = npm === undefined ? ['npm', 'ci'] : [process.execPath, npm, 'ci'];
  const { status, error } = spawnSync(file, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`The dependencies could not be installed${error ? ` (${error.message})` : ', see above'}.`);
}
