import { loadConfig, ServiceConfig, type Variables } from '@app/config';
import type { ServiceName } from '@app/contracts';
import { pathToFileURL } from 'node:url';
import { DataFolder } from '../platform/data-folder.js';
import { connectionsToAdd } from '../platform/platform-environment.js';
import { replicaPorts } from './ports/replica-ports.js';
import { serviceMain } from './service-main.js';

const PARENT_POLL_MS = 500;

/**
 * Becomes one more replica of a service: works on the platform of the data folder, or on the DATABASE_URL and
 * REDIS_URL given. The service runs in this very process, which therefore logs, ends and dies like it.
 * Throws StartError when no platform is to be found or the API's port is taken.
 */
export async function serveReplica(name: ServiceName, env: Variables): Promise<void> {
  const folder = new DataFolder(loadConfig(ServiceConfig, env, name).dataDir);
  const connections = connectionsToAdd(env);
  const ports = await replicaPorts(name, env);
  Object.assign(process.env, connections, ports, { BIOMETRICS_DATA_DIR: folder.path });
  const listening = Object.entries(ports).map(([variable, port]) => `${variable}=${port}`);
  endWithShellOfNpx();
  process.stderr.write(`one more ${name} on ${folder.path}: ${listening.join(' ')}\n`);
  await import(pathToFileURL(serviceMain(name)).href);
}

/**
 * npx starts us through a shell, which a signal to npx ends without reaching us: a replica that nobody sees any more
 * would go on. Under npx alone, losing the parent therefore counts as SIGTERM.
 */
function endWithShellOfNpx(): void {
  if (process.env['npm_command'] !== 'exec') return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_POLL_MS);
  watch.unref();
}
