import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DemoError } from './demo.error.js';

const FILE = 'examples/github-triage/directory.mjs';

/** The example's look-up server as a process of its own, on a free port of the loopback interface. */
export class DirectoryProcess {
  /** Questions it has answered. */
  answered = 0;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<DirectoryProcess> {
    const child = spawn(process.execPath, [FILE, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit')])) as unknown[];
    const url = /^directory: (http:.*)$/.exec(String(line))?.[1];
    if (url === undefined) throw new DemoError(`${FILE} did not start.`);
    const directory = new DirectoryProcess(child, url);
    lines.on('line', () => (directory.answered += 1));
    return directory;
  }

  stop(): void {
    this.child.kill();
  }
}
