import { Counter } from 'prom-client';

/** What became of a command on one side of the transport. `skipped`: Redis was away; `rejected`: it did not validate. */
export const CommandOutcome = {
  Sent: 'sent',
  Skipped: 'skipped',
  Received: 'received',
  Rejected: 'rejected',
  Failed: 'failed',
} as const;
export type CommandOutcome = (typeof CommandOutcome)[keyof typeof CommandOutcome];

/** Commands by name and outcome; an alert belongs on `rejected`. */
export const commandsTotal = new Counter({
  name: 'commands_total',
  help: 'Commands over the Redis transport by name and outcome.',
  labelNames: ['command', 'outcome'] as const,
});
