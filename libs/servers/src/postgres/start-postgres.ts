import { join } from 'node:path';
import { generatedSecret } from '../processes/generated-secret.js';
import { ProcessRecord } from '../processes/process-record.js';
import { stopProcess } from '../processes/stop-process.js';
import type { RunningServer } from '../running-server.js';
import { ServerError } from '../server.error.js';
import { ensureDatabase } from './ensure-database.js';
import { initCluster, SUPERUSER } from './init-cluster.js';
import { launchPostgres } from './launch-postgres.js';
import { type PostgresHome, postgresHome } from './postgres-home.js';
import { runningPostmaster } from './postmaster-lock.js';
import { removeRelocated } from './relocation.js';
import { type PostgresSettings, settingArguments } from './settings.js';
import { POSTGRES_STOP } from './stop-steps.js';

export interface PostgresOptions {
  /** Folder for everything of this server; made when it is not there. */
  readonly dataDir: string;
  /** Database to connect to, created when missing. Defaults to `biometrics`. */
  readonly database?: string;
  /** Defaults to `postgres.log` in `dataDir`. */
  readonly logFile?: string;
  /** false lets a crash lose or corrupt everything, for speed; only for data nobody will miss. Defaults to true. */
  readonly durable?: boolean;
  readonly settings?: PostgresSettings;
}

/**
 * Starts a PostgreSQL of our own on 127.0.0.1 and a free port (the former one when it is free), with a generated
 * password. Makes the cluster on first use; recovers by itself after a crash; ends a server that a killed process
 * left behind in the same folder. Throws ServerError, also when another living process runs a server there.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningServer> {
  const durable = options.durable ?? true;
  const database = options.database ?? 'biometrics';
  const home = postgresHome(options.dataDir);
  const record = new ProcessRecord(join(options.dataDir, 'postgres.process'));
  await endLeftover(record, home);

  const password = generatedSecret(join(options.dataDir, 'password'));
  const urlOf = (port: number, name: string): string => {
    return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${name}`;
  };
  await initCluster(home, password, durable);
  const { server, port } = await launchPostgres({
    home,
    logFile: options.logFile ?? join(options.dataDir, 'postgres.log'),
    settings: settingArguments(durable, options.settings),
    preferredPort: record.port(),
    urlOf: (candidate) => urlOf(candidate, 'postgres'),
  });
  const stop = async (): Promise<void> => {
    await stopProcess(server.pid, POSTGRES_STOP);
    if (!durable) removeRelocated(options.dataDir, home.folder);
  };
  try {
    record.write(server.pid, port);
    await ensureDatabase(urlOf(port, 'postgres'), database);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: urlOf(port, database), pid: server.pid, port, exited: server.exited, stop };
}

async function endLeftover(record: ProcessRecord, home: PostgresHome): Promise<void> {
  const pid = record.running() ?? runningPostmaster(home.cluster);
  if (pid === undefined) return;
  const owner = record.otherOwner();
  if (owner !== undefined) {
    throw new ServerError(`The database in ${home.cluster} is in use: process ${owner} runs it. Stop that one first.`);
  }
  await stopProcess(pid, POSTGRES_STOP);
}
