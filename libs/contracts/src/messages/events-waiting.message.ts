import { IsInt, Min } from 'class-validator';

/** Events were accepted: look for what they start now instead of at the next poll. */
export class EventsWaiting {
  /** How many came since the sender's last hint; nothing depends on it. */
  @IsInt()
  @Min(1)
  count: number;
}
