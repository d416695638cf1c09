import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { portOr } from '../free-port.js';
import { generatedSecret } from '../processes/generated-secret.js';
import { logLength, logSince } from '../processes/log-file.js';
import { ProcessRecord } from '../processes/process-record.js';
import { type SpawnedServer, spawnServer } from '../processes/spawn-server.js';
import { type StopStep, stopProcess } from '../processes/stop-process.js';
import type { RunningServer } from '../running-server.js';
import { ServerError } from '../server.error.js';
import { findRedis } from './find-redis.js';
import { redisSettings } from './redis-settings.js';
import { redisCommand } from './resp.js';

export interface RedisOptions {
  /** Folder for everything of this server; made when it is not there. */
  readonly dataDir: string;
  /** Defaults to `redis.log` in `dataDir`. */
  readonly logFile?: string;
  /** Where a copy of Redis is kept when the system has none. Defaults to BIOMETRICS_CACHE_DIR or ~/.cache/biometrics. */
  readonly cacheDir?: string;
}

const STOP: readonly StopStep[] = [
  { signal: 'SIGTERM', waitMs: 2_000 },
  { signal: 'SIGKILL', waitMs: 1_000 },
];

const READY_DEADLINE_MS = 15_000;
const POLL_MS = 20;

/**
 * Starts a Redis of our own on 127.0.0.1 and a free port (the former one when it is free), with a generated password,
 * without persistence and without eviction. Ends one that a killed process left behind in the same folder.
 * Throws ServerError, also when another living process runs one there.
 */
export async function startRedis(options: RedisOptions): Promise<RunningServer> {
  const { dataDir } = options;
  const redis = await findRedis(options.cacheDir ?? defaultCacheDir());
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const record = new ProcessRecord(join(dataDir, 'redis.process'));
  await endLeftover(record, dataDir);

  const port = await portOr(record.port());
  const password = generatedSecret(join(dataDir, 'password'));
  const settingsFile = join(dataDir, 'redis.conf');
  writeFileSync(settingsFile, redisSettings({ folder: dataDir, port, password }), { mode: 0o600 });

  const logFile = options.logFile ?? join(dataDir, 'redis.log');
  const before = logLength(logFile);
  const env = redis.libraries === undefined ? {} : { LD_LIBRARY_PATH: redis.libraries };
  const server = await spawnServer({ file: redis.file, args: [settingsFile], env, logFile, endSignal: 'SIGTERM' });
  record.write(server.pid, port);

  const url = `redis://:${password}@127.0.0.1:${port}/0`;
  const stop = async (): Promise<void> => {
    await stopProcess(server.pid, STOP);
  };
  if (!(await becomesReady(server, url))) {
    await stop();
    const reason = logSince(logFile, before).trim().split('\n').at(-1) ?? '';
    throw new ServerError(`Redis did not start: ${reason} (more in ${logFile})`);
  }
  return { url, pid: server.pid, port, exited: server.exited, stop };
}

async function endLeftover(record: ProcessRecord, dataDir: string): Promise<void> {
  const pid = record.running();
  if (pid === undefined) return;
  const owner = record.otherOwner();
  if (owner !== undefined) {
    throw new ServerError(`The Redis of ${dataDir} is in use: process ${owner} runs it. Stop that one first.`);
  }
  await stopProcess(pid, STOP);
}

async function becomesReady(server: SpawnedServer, url: string): Promise<boolean> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (!server.hasExited() && Date.now() < deadline) {
    const answer = await redisCommand(url, 'PING').catch(() => '');
    if (answer === 'PONG') return true;
    await sleep(POLL_MS);
  }
  return false;
}

function defaultCacheDir(): string {
  return process.env['BIOMETRICS_CACHE_DIR'] ?? join(homedir(), '.cache', 'biometrics');
}
