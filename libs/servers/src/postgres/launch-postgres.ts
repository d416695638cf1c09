import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { portOr } from '../free-port.js';
import { logLength, logSince } from '../processes/log-file.js';
import { type SpawnedServer, spawnServer } from '../processes/spawn-server.js';
import { stopProcess } from '../processes/stop-process.js';
import { ServerError } from '../server.error.js';
import type { PostgresHome } from './postgres-home.js';
import { removeStaleLock } from './postmaster-lock.js';
import { POSTGRES_STOP } from './stop-steps.js';
import { waitUntilReady } from './wait-until-ready.js';

export interface PostgresLaunch {
  readonly home: PostgresHome;
  readonly logFile: string;
  /** Command line arguments besides folder and port. */
  readonly settings: readonly string[];
  readonly preferredPort: number | undefined;
  /** URL to ask for readiness at, given the port. */
  readonly urlOf: (port: number) => string;
}

export interface LaunchedPostgres {
  readonly server: SpawnedServer;
  readonly port: number;
}

/** A killed server takes a moment to die, its orphaned backends hold its memory; a port may be snatched from us. */
const WORTH_ANOTHER_TRY =
  /lock file "postmaster.pid" already exists|pre-existing shared memory block|could not bind|could not create any TCP/;
const TRIES = 20;
const RETRY_MS = 250;

/** Starts the server on an existing cluster and waits until it answers. Throws ServerError with PostgreSQL's reason. */
export async function launchPostgres(launch: PostgresLaunch): Promise<LaunchedPostgres> {
  for (let attempt = 1; ; attempt++) {
    const before = logLength(launch.logFile);
    const launched = await tryOnce(launch);
    if (launched !== undefined) return launched;
    const log = logSince(launch.logFile, before);
    if (attempt === TRIES || !WORTH_ANOTHER_TRY.test(log)) throw new ServerError(failure(log, launch.logFile));
    await sleep(RETRY_MS);
  }
}

async function tryOnce(launch: PostgresLaunch): Promise<LaunchedPostgres | undefined> {
  const { home, logFile } = launch;
  removeStaleLock(home.cluster);
  const port = await portOr(launch.preferredPort);
  const server = await spawnServer({
    file: join(home.server.folder, 'bin', 'postgres'),
    args: ['-D', home.cluster, '-p', String(port), ...launch.settings],
    env: { LC_ALL: 'C' },
    logFile,
    endSignal: 'SIGINT',
    account: home.account,
  });
  try {
    return (await waitUntilReady(server, launch.urlOf(port))) ? { server, port } : undefined;
  } catch (error) {
    await stopProcess(server.pid, POSTGRES_STOP);
    throw error;
  }
}

function failure(log: string, logFile: string): string {
  const lines = log.trim().split('\n');
  const reason = lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? '';
  return `PostgreSQL did not start: ${reason.replace(/^.*?(FATAL|PANIC): +/, '')} (more in ${logFile})`;
}
