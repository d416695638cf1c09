import type { CommandName } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** What became of a command on one side. `skipped`: Redis was away; `rejected`: it did not validate. */
export const CommandOutcome = {
  Sent: 'sent',
  Skipped: 'skipped',
  Handled: 'handled',
  Failed: 'failed',
  Rejected: 'rejected',
} as const;
export type CommandOutcome = (typeof CommandOutcome)[keyof typeof CommandOutcome];

/** Commands by name and outcome; `rejected` deserves an alert. */
@Injectable()
export class CommandMetrics {
  private readonly total: Counter<'command' | 'outcome'>;

  constructor(registry: Registry) {
    this.total = new Counter({
      name: 'commands_total',
      help: 'Commands over the Redis transport by name and outcome.',
      labelNames: ['command', 'outcome'],
      registers: [registry],
    });
  }

  count(command: CommandName, outcome: CommandOutcome): void {
    this.total.inc({ command, outcome });
  }
}
