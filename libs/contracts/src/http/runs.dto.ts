import { Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsEnum,
  IsOptional,
  IsRFC3339,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { ErrorCode } from '../error-codes.js';
import { Resolution, type RunError } from '../journal/journal-entry.js';
import { RunStatus, type StepStatus } from '../run-status.js';
import { RunTriggerType, type RunTrigger } from '../workflow-status.js';
import { PageQuery } from './paging.dto.js';
import { Untouched } from './untouched.decorator.js';

/** A run to be started by hand. */
export class ExecuteWorkflowDto {
  /** What expressions see as `input`. */
  @Allow()
  @Untouched()
  input?: unknown;

  /** Words to find the run by. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 64, { each: true })
  tags?: string[];

  /** An id of the caller's, to find the run by. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  correlation_id?: string;
}

/** A run that is committed: nothing but a cancellation keeps it from running now. */
export class RunAcceptedDto {
  run_id: string;
  status: RunStatus;
  message: string;
}

/** Where a retry begins: at what failed or was stopped, or at the first step. */
export const RetryFrom = { Failed: 'failed', Start: 'start' } as const;
export type RetryFrom = (typeof RetryFrom)[keyof typeof RetryFrom];

/** Which version a retry runs: that of the run, or the workflow's own as it is now. */
export const RetryVersion = { Pinned: 'pinned', Latest: 'latest' } as const;
export type RetryVersion = (typeof RetryVersion)[keyof typeof RetryVersion];

/** How a run is to be done again. */
export class RetryRunDto {
  @IsOptional()
  @IsEnum(RetryFrom)
  from?: RetryFrom = RetryFrom.Failed;

  @IsOptional()
  @IsEnum(RetryVersion)
  version?: RetryVersion = RetryVersion.Pinned;
}

/** What is to be done with many runs. */
export const BulkAction = { Cancel: 'cancel', Retry: 'retry' } as const;
export type BulkAction = (typeof BulkAction)[keyof typeof BulkAction];

/** Which runs are wanted; all of it has to hold. */
export class RunFilterDto {
  @IsOptional()
  @IsUUID()
  workflow_id?: string;

  @IsOptional()
  @IsEnum(RunStatus)
  status?: RunStatus;

  /** What started it. */
  @IsOptional()
  @IsEnum(RunTriggerType)
  trigger?: RunTriggerType;

  /** Accepted at this time or later (RFC 3339). */
  @IsOptional()
  @IsRFC3339()
  since?: string;

  /** Accepted before this time (RFC 3339). */
  @IsOptional()
  @IsRFC3339()
  until?: string;

  @IsOptional()
  @IsString()
  @Length(1, 64)
  tag?: string;

  @IsOptional()
  @IsString()
  @Length(1, 255)
  correlation_id?: string;
}

/** What is to be done with all runs that a filter leaves. */
export class BulkRunsDto {
  /** `{}` means all of my runs. */
  @IsDefined()
  @ValidateNested()
  @Type(() => RunFilterDto)
  filter: RunFilterDto;

  @IsEnum(BulkAction)
  action: BulkAction;

  /** With `retry`: as for one run, `failed` unless given. */
  @IsOptional()
  @IsEnum(RetryFrom)
  from?: RetryFrom;

  /** With `retry`: as for one run, `pinned` unless given. */
  @IsOptional()
  @IsEnum(RetryVersion)
  version?: RetryVersion;

  /** With `retry`: `next_cursor` of the answer before. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}

/** A run that cannot be retried, and why. */
export class RefusedRunDto {
  run_id: string;
  code: ErrorCode;
  message: string;
}

/** What became of a request about many runs. */
export class BulkResultDto {
  action: BulkAction;
  /** Runs that the filter leaves and that the action is about, as far as this request went. */
  matched: number;
  /** Those that something is done about now. */
  accepted: number;
  /** Those about which the same was asked before; of runs to retry, those that have a retry, on the first page. */
  skipped: number;
  /** Those that cannot be retried as they are: a step is in doubt. */
  refused: RefusedRunDto[];
  /** There are more: send the request again, with `next_cursor` if there is one. */
  more: boolean;
  /** Of a retry with `more`: what this one has looked at is behind it, and so are the runs that it made. */
  next_cursor?: string;
}

/** Why a run or a step failed. */
export class RunErrorDto implements RunError {
  code: ErrorCode;
  message: string;
  step_id?: string;
  /** Facts, for instance the answer's status and body of a failed http.request. */
  details?: unknown;
}

/** A run in a list: everything but its input and output. */
export class RunSummaryDto {
  id: string;
  workflow_id: string;
  /** The version of the definition that it runs, whatever the workflow has become since. */
  workflow_version: number;
  status: RunStatus;
  /** What started it. */
  trigger: RunTrigger;
  error: RunErrorDto | null;
  tags: string[];
  correlation_id: string | null;
  retry_of: string | null;
  started_at: string | null;
  completed_at: string | null;
  created_at: string;
}

/** A run. */
export class RunDto extends RunSummaryDto {
  input: unknown;
  output: unknown;
}

/** Which steps of a run are wanted. */
export class StepListQuery extends PageQuery {
  /** Most workflows fit on one page. */
  override limit: number = 100;
}

/** A step of a run. */
export class RunStepDto {
  step_id: string;
  /** Where in the run: `each[3].send`. */
  path: string;
  type: string;
  name: string;
  status: StepStatus;
  attempt: number;
  input: unknown;
  output: unknown;
  error: RunErrorDto | null;
  started_at: string | null;
  completed_at: string | null;
}

/** Why a step in doubt counts as failed. */
export class ResolutionErrorDto {
  @IsString()
  @Length(1, 2_000)
  message: string;
}

/** How a person settles a step of which nobody knows whether its effect happened. */
export class ResolveStepDto {
  @IsEnum(Resolution)
  outcome: Resolution;

  /** With `succeeded`: what later steps see as the step's output. */
  @Allow()
  @Untouched()
  output?: unknown;

  /** With `failed`: the reason, as a text or as {message}. */
  @ValidateIf((resolution: ResolveStepDto) => resolution.error !== undefined)
  @Transform(({ value }: { value: unknown }) => asResolutionError(value))
  @ValidateNested()
  error?: ResolutionErrorDto;
}

/** What a signal brings. */
export class SignalRunDto {
  /** Read as `output.payload` of the step that takes it; null unless given. */
  @Allow()
  @Untouched()
  payload?: unknown;
}

/** A request about a run was recorded; the workflow service acts on it. */
export class RunRequestedDto {
  run_id: string;
  message: string;
}

function asResolutionError(value: unknown): unknown {
  const members = typeof value === 'string' ? { message: value } : value;
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return value;
  return Object.assign(new ResolutionErrorDto(), members);
}
