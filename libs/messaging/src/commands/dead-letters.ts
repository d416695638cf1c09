import type { CommandName, ServiceName } from '@app/contracts';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { RedisTransportClient } from '../redis/redis-transport.client.js';
import { CommandMetrics, CommandOutcome } from './command.metrics.js';

/** The Redis list of messages that did not validate, the newest first. */
export const DEAD_LETTER_LIST = 'biometrics:dead-letters';
/** Older entries fall off: a broken sender must not fill Redis. */
export const MOST_DEAD_LETTERS = 1_000;
const LONGEST_DATA = 4_096;

/** Injection token of the name of this process. */
export const SERVICE = Symbol('the name of this service');

/** One entry of the list, as JSON. */
export interface DeadLetter {
  command: CommandName;
  service: ServiceName;
  side: 'sender' | 'receiver';
  mistakes: readonly string[];
  /** The payload as JSON text, cut at 4 KiB. */
  data: string;
  at: string;
}

/** Where messages go that do not validate: the log, a metric and a bounded list in Redis. */
@Injectable()
export class DeadLetters {
  private readonly log = new Logger(DeadLetters.name);

  constructor(
    @Inject(SERVICE) private readonly service: ServiceName,
    private readonly client: RedisTransportClient,
    private readonly metrics: CommandMetrics,
  ) {}

  /** Keeps a bad message for inspection. Never throws: a bad message must not break who met it. */
  put(command: CommandName, side: DeadLetter['side'], data: unknown, mistakes: readonly string[]): void {
    this.metrics.count(command, CommandOutcome.Rejected);
    this.log.error(`A ${command} message does not validate (${side}): ${mistakes.join(' ')}`);
    const text = (JSON.stringify(data) ?? 'undefined').slice(0, LONGEST_DATA);
    const at = new Date().toISOString();
    const letter: DeadLetter = { command, service: this.service, side, mistakes, data: text, at };
    this.client
      .prepend(DEAD_LETTER_LIST, JSON.stringify(letter), MOST_DEAD_LETTERS)
      .catch((error: unknown) => this.log.warn(`The message could not be kept: ${String(error)}`));
  }
}
