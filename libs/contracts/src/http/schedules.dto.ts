import { IsIn, IsInt, IsOptional, IsRFC3339, IsString, Max, MaxLength, Min } from 'class-validator';
import { WholeNumber } from './whole-number.decorator.js';

/** How much of a schedule is wanted. */
export class ScheduleQuery {
  /** How many of the next fires are shown. */
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  count: number = 10;
}

export class PauseScheduleDto {
  /** Why, for people to read. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  note?: string;
}

/** A stretch of the past whose fires are wanted, at most 1,000 of them. */
export class BackfillDto {
  /** The first scheduled time that counts (RFC 3339), at most 90 days back. */
  @IsRFC3339()
  from: string;

  /** The last one, not in the future. */
  @IsRFC3339()
  to: string;

  /** `queue` (one run after the other, the default) or `allow` (all at once). */
  @IsOptional()
  @IsIn(['queue', 'allow'])
  overlap?: 'queue' | 'allow';
}

export class BackfillAcceptedDto {
  /** Fires that wait for their turn now; a time that has its run, or waits already, is not counted. */
  fires: number;
}

/** A fire that is to come. */
export class NextFireDto {
  /** In UTC. */
  scheduled_for: string;
  /** On the clocks of the schedule's zone, with their offset. */
  local: string;
}

/** What became of a fire. */
export class ScheduleFireDto {
  /** In UTC. */
  scheduled_for: string;
  kind: 'fire' | 'backfill';
  /** `queued`: it waits for earlier runs to end. */
  status: 'queued' | 'started' | 'skipped';
  run_id: string | null;
  /** Why it was skipped. */
  reason: 'late' | 'overlap' | 'queue_full' | 'superseded' | 'stopped' | null;
}

/** When a workflow fires. */
export class ScheduleDto {
  workflow_id: string;
  cron: string;
  timezone: string;
  /** What happens while a run that the schedule started is unfinished. */
  overlap: 'skip' | 'queue' | 'allow' | 'cancel';
  /** What happens to fires that nobody could start in time. */
  catch_up: 'none' | 'last' | 'all';
  /** How late a fire may be caught up, in seconds. */
  catch_up_window_s: number;
  /** It fires only while the workflow is active. */
  active: boolean;
  paused: boolean;
  paused_at: string | null;
  note: string | null;
  next: NextFireDto[];
  /** The latest 20, the newest first. */
  recent: ScheduleFireDto[];
}
