import { IsInt, Min } from 'class-validator';

/** There are runs to do: look now instead of at the next poll. */
export class RunsWaiting {
  /** How many became ready since the sender's last hint; a hint about the load, nothing depends on it. */
  @IsInt()
  @Min(1)
  count: number;
}
