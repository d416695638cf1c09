import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Account } from './account.js';
import { endWithStarter } from './end-with-starter.js';
import { withLogFile } from './log-file.js';

export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly logFile: string;
  /** What ends it in order when we die. */
  readonly endSignal: NodeJS.Signals;
  /** The account to run as; ours when left out. */
  readonly account?: Account | undefined;
}

export interface SpawnedServer {
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly hasExited: () => boolean;
}

/**
 * Starts a long-running server in a session of its own, so that a Ctrl-C in the terminal reaches only us
 * and we stop things in order. Throws when the file cannot be executed.
 */
export async function spawnServer(command: ServerCommand): Promise<SpawnedServer> {
  const words = [...endWithStarter(command.endSignal), command.file, ...command.args];
  const [file = '', ...args] = words;
  const child = withLogFile(command.logFile, (log) =>
    spawn(file, args, {
      ...command.account,
      cwd: '/',
      detached: true,
      env: { PATH: process.env['PATH'], ...command.env },
      stdio: ['ignore', log, log],
    }),
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error(`${command.file} has no process id`);
  return { pid: child.pid, exited, hasExited: () => child.exitCode !== null || child.signalCode !== null };
}
