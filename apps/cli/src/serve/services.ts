import { ServiceName } from '@app/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataFolder } from '../platform/data-folder.js';
import type { ServicePorts } from './ports/platform-ports.js';
import { untilReady } from './supervise/readiness.js';
import { launchService } from './supervise/service-launcher.js';
import { type Notify, Supervised } from './supervise/supervised.js';

export interface ServicesOptions {
  readonly folder: DataFolder;
  /** What all three have in common. */
  readonly env: NodeJS.ProcessEnv;
  /** Address they listen on. */
  readonly host: string;
  readonly ports: Readonly<Record<ServiceName, ServicePorts>>;
  readonly notify: Notify;
}

/** How long the gateway may finish its requests before the others are told to stop as well. */
const HEAD_START_MS = 1_500;

/** The three services, each a supervised process. */
export class Services {
  private readonly supervised: Readonly<Record<ServiceName, Supervised>>;

  constructor(private readonly options: ServicesOptions) {
    this.supervised = {
      gateway: this.supervise(ServiceName.Gateway),
      workflow: this.supervise(ServiceName.Workflow),
      worker: this.supervise(ServiceName.Worker),
    };
  }

  /** Starts all three and waits until they are ready. Throws StartError; rejects when `signal` aborts. */
  async start(signal: AbortSignal): Promise<void> {
    await Promise.all(Object.values(this.supervised).map((service) => service.start()));
    const awaited = Object.values(ServiceName).map((name) => ({
      service: this.supervised[name],
      url: `http://${reachable(this.options.host)}:${this.options.ports[name].health}/ready`,
      logFile: this.options.folder.log(name),
    }));
    await untilReady(awaited, signal);
  }

  /** The gateway first, so that nothing new comes in while the others hand back what they hold. */
  async stop(): Promise<void> {
    const gateway = this.supervised.gateway.stop();
    await Promise.race([gateway, sleep(HEAD_START_MS, undefined, { ref: false })]);
    await Promise.all([gateway, this.supervised.workflow.stop(), this.supervised.worker.stop()]);
  }

  private supervise(name: ServiceName): Supervised {
    const { gateway, [name]: own } = this.options.ports;
    const { health, metrics } = own;
    // All know where the API is: the worker writes links to it.
    const listening = {
      SERVER_PORT: String(gateway.health),
      HEALTH_PORT: name === ServiceName.Gateway ? '0' : String(health),
    };
    const env = { ...this.options.env, ...listening, METRICS_PORT: String(metrics) };
    return new Supervised(name, () => launchService(name, this.options.folder, env), this.options.notify);
  }
}

/** An address to connect to, for one to listen on. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
