import { loadConfig, ServiceConfig, type Variables } from '@app/config';
import { announcement } from './announcement.js';
import { checkConfiguration } from './check-configuration.js';
import { connectionsOf } from '../platform/connections.js';
import { DataFolder } from '../platform/data-folder.js';
import { writeConnections } from '../platform/environment-file.js';
import { lockFolder } from './supervise/folder-lock.js';
import { LocalServers } from './local-servers.js';
import { choosePorts } from './ports/platform-ports.js';
import { Services } from './services.js';
import { untilAborted } from './stop-signals.js';
import { endLeftoverServices } from './supervise/service-launcher.js';

export interface Platform {
  /** The variables as the user set them, files included. */
  readonly env: Variables;
  /** Told to stop by it. */
  readonly signal: AbortSignal;
  /** Brings the schema up to date. */
  readonly migrate: (env: Variables) => Promise<unknown>;
  /** Where the first administrator makes their account; undefined when there is one. */
  readonly firstAdminLink: (env: Variables, origin: string) => Promise<string | undefined>;
}

/**
 * Runs the whole platform on this machine until `signal` aborts: its own PostgreSQL and Redis unless the variables
 * name others, the migrations, the three services. Then stops everything in order and resolves. Throws StartError,
 * ServerError or ConfigError when it cannot be started; nothing is left running then either.
 */
export async function servePlatform(platform: Platform): Promise<void> {
  const { dataDir } = loadConfig(ServiceConfig, platform.env);
  const folder = new DataFolder(dataDir);
  folder.create();
  const unlock = lockFolder(folder);
  try {
    checkConfiguration(platform.env);
    await runPlatform(platform, folder);
  } finally {
    unlock();
  }
}

async function runPlatform({ env, signal, migrate, firstAdminLink }: Platform, folder: DataFolder): Promise<void> {
  const notify = (line: string): void => void process.stderr.write(`${line}\n`);
  await endLeftoverServices(folder);
  const ports = await choosePorts(env);
  const servers = new LocalServers(folder, notify);
  let services: Services | undefined;
  try {
    const own = await servers.start(env);
    signal.throwIfAborted();
    const connected = { ...env, ...own };
    writeConnections(folder.environment, connectionsOf(connected));
    await migrate(connected);
    signal.throwIfAborted();
    services = new Services({
      folder,
      env: { ...process.env, ...own, BIOMETRICS_DATA_DIR: folder.path },
      host: loadConfig(ServiceConfig, env).host,
      ports,
      notify,
    });
    await services.start(signal);
    const origin = `http://127.0.0.1:${ports.gateway.health}`;
    process.stdout.write(announcement({ origin, folder, firstAdminLink: await firstAdminLink(connected, origin) }));
    await untilAborted(signal);
  } catch (error) {
    if (!signal.aborted) throw error; // What fails because it was told to stop is no failure.
  } finally {
    await services?.stop();
    await servers.stop();
  }
}
