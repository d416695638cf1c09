import { IsInt, Min } from 'class-validator';

/** There are tasks for programs: look for those that wait for one now instead of at the next look. */
export class TasksWaiting {
  /** How many came since the sender's last hint; nothing depends on it. */
  @IsInt()
  @Min(1)
  count: number;
}
