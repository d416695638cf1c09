// Builds dist/ and notes from which sources, so that `npm start` knows when it is stale.
// Plain Node.js without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'dist', '.sources');

/** Whether dist/ was built from exactly these sources. */
export function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash();
}

/** Compiles everything; what the compiler says goes to standard error. Returns whether it succeeded. */
export function build() {
  const hash = sourcesHash();
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) writeFileSync(stamp, hash);
  return status === 0;
}

/** Lets `npx biometrics` find the command at once: npm links the commands of dependencies, not those of the root. */
export function linkCommand() {
  const link = join(root, 'node_modules', '.bin', 'biometrics');
  try {
    if (!existsSync(link)) symlinkSync(join('..', '..', 'tools', 'biometrics.mjs'), link);
  } catch {
    // In an installation of somebody else's npx takes a little longer, and nothing else changes.
  }
}

/** A hash over names and contents of whatever the result depends on. */
function sourcesHash() {
  const hash = createHash('sha256');
  const settings = ['nest-cli.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const path of ['apps', 'libs', 'tools/demo', ...settings]) {
    for (const file of filesIn(path))
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(root, file)))
        .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(path) {
  if (statSync(join(root, path)).isFile()) return [path];
  const names = readdirSync(join(root, path), { recursive: true }).sort();
  return names.map((name) => join(path, name)).filter((file) => /(?<!spec)\.(ts|json|html|css|js|svg)$/.test(file));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = build() ? 0 : 1;
  linkCommand();
}
