import type { Variables } from '@app/config';
import { ServiceName } from '@app/contracts';
import { freePort } from '@app/servers';
import { apiPort } from './platform-ports.js';

/**
 * The port variables of one more replica on this machine: what was set stays as it is, what was not gets a free port,
 * since the defaults belong to the first replica. The API's port is never changed silently: clients must know it.
 */
export async function replicaPorts(name: ServiceName, env: Variables): Promise<Record<string, string>> {
  const metrics = env['METRICS_PORT'] ? {} : { METRICS_PORT: String(await freePort()) };
  if (name === ServiceName.Gateway) return { ...metrics, SERVER_PORT: String(await apiPort(env)) };
  return { ...metrics, ...(env['HEALTH_PORT'] ? {} : { HEALTH_PORT: String(await freePort()) }) };
}
