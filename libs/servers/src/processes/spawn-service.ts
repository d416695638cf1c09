import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * A young generation of 8 MB instead of 16, whose collections are so short that helping threads cost more than they save: they
 * wake up on the cores that the other services need. The old one is collected when it has grown by a quarter since the last time,
 * instead of by as much again: 30 to 60 MB of resident memory less under load. docs/performance.md has the figures; the
 * Dockerfile says the same.
 */
export const MEMORY_FLAGS: readonly string[] = [
  '--max-semi-space-size=8',
  '--no-parallel-scavenge',
  '--heap-growing-percent=25',
];

/**
 * The flags of the workflow service, whose young generation may be 24 MB. What is collected of it costs as much as what is then in use,
 * so less often is less: hundreds of calls are under way at once, and each takes 40 kB in all and is soon over.
 */
export const WORKFLOW_MEMORY_FLAGS: readonly string[] = ['--max-semi-space-size=24', ...MEMORY_FLAGS.slice(1)];

/** How a Node.js service of ours is started. */
export interface ServiceCommand {
  /** Path of its compiled main module. */
  readonly main: string;
  /** Of Node.js; `MEMORY_FLAGS` when left out. */
  readonly flags?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where its output goes: an open file, or a pipe to read. */
  readonly output: number | 'pipe';
  readonly cwd?: string;
  /** Shown in the list of processes; services ignore it. */
  readonly label?: string;
}

/**
 * Starts a service in a session of its own, so that a Ctrl-C in the terminal reaches only its supervisor.
 * It still ends when this process does. Resolves when it was spawned; throws when that is impossible.
 */
export async function spawnService(command: ServiceCommand): Promise<ChildProcess & { readonly pid: number }> {
  const preload = ['--import', endWithParent().href];
  const label = command.label === undefined ? [] : [command.label];
  const child = spawn(process.execPath, [...(command.flags ?? MEMORY_FLAGS), ...preload, command.main, ...label], {
    cwd: command.cwd,
    detached: true,
    env: command.env,
    stdio: ['ignore', command.output, command.output, 'ipc'],
  });
  await once(child, 'spawn');
  if (!hasPid(child)) throw new Error(`${command.main} has no process id`);
  return child;
}

function hasPid(child: ChildProcess): child is ChildProcess & { readonly pid: number } {
  return child.pid !== undefined;
}

/** Node.js preloads compiled code only; under the test runner this file is a source file. */
function endWithParent(): URL {
  if (import.meta.url.endsWith('.js')) return new URL('./end-with-parent.js', import.meta.url);
  return new URL('../../../../dist/libs/servers/src/processes/end-with-parent.js', import.meta.url);
}
