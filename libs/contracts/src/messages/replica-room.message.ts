import { IsInt, IsUUID, Max, Min } from 'class-validator';

/** How many runs a replica would begin at once: so many may be accepted in its name. */
export class ReplicaRoom {
  @IsUUID()
  owner: string;

  /** Counted before those that are on their way to it. */
  @IsInt()
  @Min(0)
  @Max(100_000)
  room: number;
}
