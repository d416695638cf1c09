import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A secret of a development machine: made once, kept in `<data dir>/secrets/<name>` (mode 600) and the same from then
 * on for every process. Several processes may ask for it at the same moment: the file appears whole or not at all,
 * and the first to make it wins.
 */
export function localSecret(dataDir: string, name: string, generate: () => string): string {
  const folder = join(dataDir, 'secrets');
  const file = join(folder, name.toLowerCase());
  return readSecret(file) ?? create();

  function create(): string {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, generate(), { mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
    return readFileSync(file, 'utf8');
  }
}

function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
