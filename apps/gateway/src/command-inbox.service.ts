import { ServiceName } from '@app/contracts';
import { CommandReceiver } from '@app/messaging';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { commandHandlers } from './handlers.js';
import { RunHandOver } from './runs/hand-over/run-hand-over.service.js';
import { RunWatchesService } from './runs/watch/run-watches.service.js';
import { TaskWaits } from './tasks/task-waits.service.js';

/**
 * Listens to what the other services say to the gateway. The gateway is an HTTP server, so Nest starts no transport for
 * it by itself; without Redis it starts all the same.
 */
@Injectable()
export class CommandInbox implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server;

  constructor(receiver: CommandReceiver, watches: RunWatchesService, tasks: TaskWaits, handOver: RunHandOver) {
    this.server = receiver.serve(ServiceName.Gateway, commandHandlers(watches, tasks, handOver));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.server.listen(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
  }
}
