import { IsInt, Min } from 'class-validator';

/** Schedules have become due, or may have: look now instead of at the next poll. */
export class ScheduleChanged {
  /** How many since the sender's last hint; nothing depends on it. */
  @IsInt()
  @Min(1)
  count: number;
}
