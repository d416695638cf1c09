import { HttpConfig, loadConfigs, ServiceConfig, type Variables } from '@app/config';
import { ServiceName } from '@app/contracts';
import { freePort, portOr } from '@app/servers';
import { requireFreePort } from './require-free-port.js';

/** The ports of one service. The gateway answers health questions on its API's port. */
export interface ServicePorts {
  /** Where /health and /ready are. */
  readonly health: number;
  /** 0: no metrics. */
  readonly metrics: number;
}

/** What each service adds to METRICS_PORT and HEALTH_PORT, when one of them was set for all three. */
const METRICS_OFFSET = { gateway: 0, workflow: 1, worker: 2 };
const HEALTH_OFFSET = { workflow: 0, worker: 1 };

/**
 * Chooses the ports of the three services on this machine. A variable that was set is obeyed or the start fails;
 * defaults give way to a free port, so that two platforms can run side by side. Throws StartError, ConfigError.
 */
export async function choosePorts(env: Variables): Promise<Readonly<Record<ServiceName, ServicePorts>>> {
  return {
    gateway: { health: await apiPort(env), metrics: await metricsPort(env, ServiceName.Gateway) },
    workflow: {
      health: await healthPort(env, ServiceName.Workflow),
      metrics: await metricsPort(env, ServiceName.Workflow),
    },
    worker: { health: await healthPort(env, ServiceName.Worker), metrics: await metricsPort(env, ServiceName.Worker) },
  };
}

/** The API's port: SERVER_PORT, free or the start fails; any free one for 0. */
export async function apiPort(env: Variables): Promise<number> {
  const [{ host, port }] = loadConfigs([HttpConfig], env, ServiceName.Gateway);
  if (port === 0) return freePort();
  await requireFreePort({ host, port, otherwise: '--port (or SERVER_PORT)' });
  return port;
}

async function metricsPort(env: Variables, name: ServiceName): Promise<number> {
  const [config] = loadConfigs([ServiceConfig], env, name);
  if (config.metricsPort === 0) return 0;
  if (!env['METRICS_PORT']) return portOr(config.metricsPort);
  const port = config.metricsPort + METRICS_OFFSET[name];
  await requireFreePort({ host: config.host, port, otherwise: 'METRICS_PORT' });
  return port;
}

/** Never 0: the supervisor asks there whether the service is ready. */
async function healthPort(env: Variables, name: keyof typeof HEALTH_OFFSET): Promise<number> {
  const [config] = loadConfigs([ServiceConfig], env, name);
  if (config.healthPort === 0) return freePort();
  if (!env['HEALTH_PORT']) return portOr(config.healthPort);
  const port = config.healthPort + HEALTH_OFFSET[name];
  await requireFreePort({ host: config.host, port, otherwise: 'HEALTH_PORT' });
  return port;
}
