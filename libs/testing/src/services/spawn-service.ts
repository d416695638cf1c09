import type { ServiceName } from '@app/contracts';
import { freePort, MEMORY_FLAGS, spawnService as spawnNodeService, WORKFLOW_MEMORY_FLAGS } from '@app/servers';
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { providedServers } from '../provided.js';
import { TestService } from './test-service.js';
import { unlimited } from './unlimited.js';

export interface SpawnOptions {
  /** Variables of this service, DATABASE_URL and REDIS_URL above all. Nothing of our own environment reaches it. */
  readonly env: Readonly<Record<string, string>>;
  /** false returns at once, for a service that cannot become ready yet. Defaults to true. */
  readonly waitUntilReady?: boolean;
}

const READY_TIMEOUT_MS = 30_000;
const DIST = join(import.meta.dirname, '..', '..', '..', '..', 'dist', 'apps');

/** One data folder per test file, so that the services of a test share the generated secrets. */
let dataDir: string | undefined;

/**
 * Starts a built service (`npm run build` first) on free ports and waits until its /ready answers 200.
 * Throws with the service's output when it ends or does not get ready.
 */
export async function spawnService(name: ServiceName, options: SpawnOptions): Promise<TestService> {
  const main = join(DIST, name, 'src', 'main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run "npm run build" first`);
  const port = await freePort();
  dataDir ??= mkdtempSync(join(providedServers().folder, 'services of '));
  const child = await spawnNodeService({
    main,
    flags: name === 'workflow' ? WORKFLOW_MEMORY_FLAGS : MEMORY_FLAGS,
    cwd: dataDir,
    output: 'pipe',
    env: {
      PATH: process.env['PATH'],
      HOME: dataDir,
      ENVIRONMENT: 'test',
      BIOMETRICS_DATA_DIR: dataDir,
      METRICS_PORT: '0',
      ...unlimited,
      ...(name === 'gateway' ? { SERVER_PORT: String(port) } : { HEALTH_PORT: String(port) }),
      ...options.env,
    },
  });
  const service = new TestService(name, child, options.env['SERVER_PORT'] ?? options.env['HEALTH_PORT'] ?? port);
  if (options.waitUntilReady ?? true) await service.ready(READY_TIMEOUT_MS);
  return service;
}
