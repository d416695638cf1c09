import { commands, type CommandName, type ServiceName } from '@app/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { RedisTransportServer } from '../redis/redis-transport.server.js';
import type { CommandHandlers } from './command-handlers.js';
import { CommandMetrics, CommandOutcome } from './command.metrics.js';
import { DeadLetters } from './dead-letters.js';
import { readPayload } from './read-payload.js';

/** Receives the commands of the catalog for one service. */
@Injectable()
export class CommandReceiver {
  private readonly log = new Logger(CommandReceiver.name);

  constructor(
    private readonly server: RedisTransportServer,
    private readonly deadLetters: DeadLetters,
    private readonly metrics: CommandMetrics,
  ) {}

  /**
   * Connects a service's handlers to the transport.
   * @returns the strategy to start the Nest microservice with
   */
  serve<S extends ServiceName>(service: S, handlers: CommandHandlers<S>): RedisTransportServer {
    const byName = new Map<string, unknown>(Object.entries(handlers));
    for (const [name, { to }] of Object.entries(commands)) {
      if (to !== service) continue;
      const command = name as CommandName;
      // The map's type guarantees a handler for this command's payload; Object.entries() forgets it.
      const handle = byName.get(name) as (payload: object) => void | Promise<void>;
      this.server.onChannel(name, (data) => this.receive(command, data, handle));
    }
    return this.server;
  }

  private async receive(
    command: CommandName,
    data: unknown,
    handle: (payload: object) => void | Promise<void>,
  ): Promise<void> {
    const read = readPayload<object>(commands[command].payload, data);
    if (!read.ok) {
      this.deadLetters.put(command, 'receiver', data, read.mistakes);
      return;
    }
    try {
      await handle(read.payload);
      this.metrics.count(command, CommandOutcome.Handled);
    } catch (error) {
      // A hint that failed is a hint that was lost: the row is still there and the next poll finds it.
      this.metrics.count(command, CommandOutcome.Failed);
      this.log.error(`Handling ${command} failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
}
