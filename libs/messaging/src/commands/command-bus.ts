import { commands, type CommandName, type CommandPayload, type CommandsFrom, type ServiceName } from '@app/contracts';
import { GracefulShutdown, ShutdownPhase } from '@app/observability';
import { Injectable } from '@nestjs/common';
import { RedisTransportClient } from '../redis/redis-transport.client.js';
import { CommandMetrics, CommandOutcome } from './command.metrics.js';
import { DeadLetters } from './dead-letters.js';
import { HintMerger } from './hint-merger.js';
import { readPayload } from './read-payload.js';

/** Two "look now" hints closer together than this are one; a receiver could not act on them separately anyway. */
const MERGE_WINDOW_MS = 5;

/**
 * Sends the commands of the catalog, after the transaction that gave rise to them has committed. `S` is the service
 * that sends: only its own commands type-check.
 */
@Injectable()
export class CommandBus<S extends ServiceName = ServiceName> {
  private readonly hints = new HintMerger<CommandName>(MERGE_WINDOW_MS, (name, count) => this.send(name, { count }));

  constructor(
    private readonly client: RedisTransportClient,
    private readonly deadLetters: DeadLetters,
    private readonly metrics: CommandMetrics,
    shutdown: GracefulShutdown,
  ) {
    shutdown.add(ShutdownPhase.Flush, 'commands', () => this.hints.flush());
  }

  /**
   * Sends a command: returns at once, never throws, keeps nothing while Redis is away. Hints of one name within 5 ms
   * leave as one.
   */
  publish<N extends CommandsFrom<S>>(name: N, payload: CommandPayload<N>): void {
    if (commands[name].merge && 'count' in payload && payload.count > 0) this.hints.add(name, payload.count);
    else this.send(name, payload);
  }

  /** Whether what is published now would leave this process. */
  isUp(): boolean {
    return this.client.isUp();
  }

  private send(command: CommandName, data: object): void {
    const read = readPayload<object>(commands[command].payload, data);
    if (!read.ok) {
      this.deadLetters.put(command, 'sender', data, read.mistakes);
      return;
    }
    const sent = this.client.tell(command, read.payload);
    this.metrics.count(command, sent ? CommandOutcome.Sent : CommandOutcome.Skipped);
  }
}
