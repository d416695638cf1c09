import { readEnvironment } from '@app/config';
import { ServiceName } from '@app/contracts';
import { StartError } from '@app/observability';
import { Command, CommandRunner, Option } from 'nest-commander';
import { MigrationsService } from '../migrate/migrations.service.js';
import { FirstAdminService } from '../user/first-admin.service.js';
import { servePlatform } from './serve-platform.js';
import { serveReplica } from './serve-replica.js';
import { stopSignals } from './stop-signals.js';

interface ServeOptions {
  readonly port?: string;
}

const ALL = 'all';

@Command({
  name: 'serve',
  arguments: '[service]',
  argsDescription: {
    service:
      'gateway, workflow or worker: one more replica of it; all (the default): the whole platform in one terminal',
  },
  description: 'Run the platform on this machine, or one more replica of a service',
})
export class ServeCommand extends CommandRunner {
  constructor(
    private readonly migrations: MigrationsService,
    private readonly firstAdmin: FirstAdminService,
  ) {
    super();
  }

  async run([service = ALL]: string[], { port }: ServeOptions): Promise<void> {
    if (port !== undefined) process.env['SERVER_PORT'] = port;
    const env = readEnvironment();
    const name = Object.values(ServiceName).find((known) => known === service);
    if (name !== undefined) return serveReplica(name, env);
    if (service !== ALL) throw new StartError(`There is no service "${service}": gateway, workflow, worker or all.`);
    await servePlatform({
      env,
      signal: stopSignals(),
      migrate: (connected) => this.migrations.up(connected),
      firstAdminLink: (connected, origin) => this.firstAdmin.link(connected, origin),
    });
  }

  @Option({ flags: '-p, --port <port>', description: 'port of the API (SERVER_PORT, 8080); 0 takes a free one' })
  setPort(value: string): string {
    return value;
  }
}
