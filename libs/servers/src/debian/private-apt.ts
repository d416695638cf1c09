import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 180_000;

/**
 * apt with its lists and archives in a folder of ours: works without root, changes nothing of the system's.
 * Packages come from the system's own sources and are verified by apt as always.
 */
export class PrivateApt {
  private readonly options: readonly string[];

  constructor(folder: string) {
    const lists = join(folder, 'lists');
    const cache = join(folder, 'cache');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    mkdirSync(join(cache, 'archives', 'partial'), { recursive: true });
    this.options = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`, '-o', 'APT::Sandbox::User=root'];
  }

  /** Fetches the lists of packages; throws what apt-get says when it cannot. */
  async update(): Promise<void> {
    await run('apt-get', [...this.options, '-qq', 'update'], { timeout: TIMEOUT_MS });
  }

  /** Lines of `apt-cache depends` for the packages: a name at the margin, then its relations, indented. */
  async dependencies(packages: readonly string[]): Promise<string> {
    const { stdout } = await run('apt-cache', [...this.options, 'depends', '--important', '--recurse', ...packages], {
      maxBuffer: 32 * 1024 * 1024,
    });
    return stdout;
  }

  /** Downloads the packages' .deb files into `folder`. */
  async download(packages: readonly string[], folder: string): Promise<void> {
    await run('apt-get', [...this.options, '-qq', 'download', ...packages], { cwd: folder, timeout: TIMEOUT_MS });
  }
}

/** Which of the packages the system has installed, by dpkg's own word. */
export async function installedPackages(packages: readonly string[]): Promise<Set<string>> {
  const format = '${db:Status-Status} ${Package}\\n';
  const query = run('dpkg-query', ['-W', '-f', format, ...packages]);
  // It ends with 1 when it does not know one of them, and still lists the others.
  const stdout = await query.then((result) => result.stdout, outputOf);
  const installed = stdout.split('\n').filter((line) => line.startsWith('installed '));
  return new Set(installed.map((line) => line.slice('installed '.length)));
}

function outputOf(error: unknown): string {
  return error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
}
