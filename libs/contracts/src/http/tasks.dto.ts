import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
} from 'class-validator';
import { Untouched } from './untouched.decorator.js';

/** Which tasks a program takes. */
export class PollTasksDto {
  /** The queues that `external` steps name. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  queues: string[];

  /** Most tasks. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 1;

  /** How long each task is the program's without a heartbeat, in ms. */
  @IsOptional()
  @IsInt()
  @Min(1_000)
  @Max(3_600_000)
  lease_ms: number = 60_000;

  /** How long to wait for a task when there is none, in ms. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(20_000)
  wait_ms: number = 0;
}

/** A task that a program has taken. */
export class TaskDto {
  id: string;
  queue: string;
  input: unknown;
  run_id: string;
  /** Where in the run. */
  path: string;
  /** Of the step: 1 is the first. */
  attempt: number;
  /** Equal over all attempts: for whoever must not do a thing twice. */
  idempotency_key: string;
  /** Proves with each answer that the task is still this program's. */
  lease: string;
  lease_until: string;
}

export class TasksDto {
  tasks: TaskDto[];
}

/** Which lease an answer is given under. */
export class TaskLeaseDto {
  /** As `POST /tasks/poll` gave it. */
  @IsUUID()
  lease: string;
}

export class CompleteTaskDto extends TaskLeaseDto {
  /** The step's output; null unless given. */
  @Allow()
  @Untouched()
  output?: unknown;
}

export class FailTaskDto extends TaskLeaseDto {
  /** Why, for people. */
  @IsString()
  @Length(1, 2_000)
  message: string;

  /** Whether the step's `retry` may try it again; true unless given. */
  @IsOptional()
  @IsBoolean()
  retryable: boolean = true;
}

export class HeartbeatTaskDto extends TaskLeaseDto {
  /** How long the task is the program's from now on, in ms. */
  @IsOptional()
  @IsInt()
  @Min(1_000)
  @Max(3_600_000)
  lease_ms: number = 60_000;
}

export class TaskHeartbeatDto {
  id: string;
  lease_until: string;
  /** The run no longer wants it: stop, and answer with `fail`. */
  cancelled: boolean;
}

/** An answer was recorded. */
export class TaskEndedDto {
  id: string;
  message: string;
}
