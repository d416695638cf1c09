import { IsInt, Min } from 'class-validator';

/** There are jobs to do: move them to their queues now instead of at the next sweep. */
export class JobsWaiting {
  /** How many became due since the sender's last hint; nothing depends on it. */
  @IsInt()
  @Min(1)
  count: number;
}
