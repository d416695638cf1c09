import { Allow, IsBoolean, IsEnum, IsOptional } from 'class-validator';
import type { FieldError } from '../app-error.js';
import { TriggerType, WorkflowStatus } from '../workflow-status.js';
import { PageQuery } from './paging.dto.js';
import type { RunSummaryDto } from './runs.dto.js';
import { Truth } from './truth.decorator.js';
import { Untouched } from './untouched.decorator.js';

/**
 * A workflow as its author writes it. Only the names of the fields are checked here: what is in them is checked as a
 * whole by the workflow language, so that one answer names every mistake.
 */
export class WorkflowDefinitionDto {
  /** 1 to 255 characters. */
  @Allow()
  name: string;

  /** At most 10,000 characters. */
  @Allow()
  description?: string;

  /** What starts it. It can be executed by hand whatever stands here. */
  @Allow()
  trigger_type: TriggerType;

  /** Run in order: {id, type, name, config, if?, retry?, timeout_ms?, on_error?, effect?, on_in_doubt?}. */
  @Allow()
  @Untouched()
  steps: Record<string, unknown>[];

  /**
   * `trigger`: the trigger's settings; `retention_days`: how long runs are kept, 0 = for ever; `input_schema`: JSON Schema
   * 2020-12 for the input of manual runs; `on_failure`: {workflow_id?, mail?}, what happens when a run fails or is in doubt.
   */
  @Allow()
  @Untouched()
  config?: Record<string, unknown>;
}

/** The fields of a workflow that change; the others stay as they are. */
export class WorkflowPatchDto implements Partial<WorkflowDefinitionDto> {
  @Allow()
  name?: string;

  @Allow()
  description?: string;

  @Allow()
  trigger_type?: TriggerType;

  @Allow()
  @Untouched()
  steps?: Record<string, unknown>[];

  @Allow()
  @Untouched()
  config?: Record<string, unknown>;
}

/** Which workflows are wanted. */
export class WorkflowListQuery extends PageQuery {
  @IsOptional()
  @IsEnum(WorkflowStatus)
  status?: WorkflowStatus;

  @IsOptional()
  @IsEnum(TriggerType)
  trigger_type?: TriggerType;
}

/** How a workflow is to be deleted. */
export class DeleteWorkflowQuery {
  /** Whether its unfinished runs are cancelled too; else they run to their end. */
  @IsOptional()
  @Truth()
  @IsBoolean()
  cancel?: boolean;
}

/** A workflow in a list. */
export class WorkflowSummaryDto {
  id: string;
  name: string;
  description: string;
  trigger_type: TriggerType;
  /** Triggers fire only when it is active. */
  status: WorkflowStatus;
  /** Of the definition. Each run pins the one it started with. */
  version: number;
  /** Also the ETag: grows with each write, activating included. */
  revision: number;
  /** Where webhooks go to; only of webhook workflows. Whoever knows it can call it: treat it like a password. */
  hook_url?: string;
  created_at: string;
  updated_at: string;
}

/** A workflow with its definition. */
export class WorkflowDto extends WorkflowSummaryDto {
  steps: unknown[];
  config: Record<string, unknown>;
}

/** One version of a workflow in a list. */
export class WorkflowVersionSummaryDto {
  workflow_id: string;
  version: number;
  name: string;
  description: string;
  trigger_type: TriggerType;
  created_at: string;
}

/** One version of a workflow. It never changes. */
export class WorkflowVersionDto extends WorkflowVersionSummaryDto {
  steps: unknown[];
  config: Record<string, unknown>;
}

/** One operation of a JSON Patch (RFC 6902). */
export class PatchOperationDto {
  op: 'add' | 'remove' | 'replace';
  /** JSON pointer (RFC 6901) into {name, description, trigger_type, steps, config}. */
  path: string;
  /** Not with `remove`. */
  value?: unknown;
}

/** A step that two versions do not have in common. */
export class ComparedStepDto {
  id: string;
  type: string;
  name: string;
}

/** Steps by their ids, those inside containers included. */
export class StepChangesDto {
  added: ComparedStepDto[];
  removed: ComparedStepDto[];
  /** As they are in the later one of the two. */
  changed: ComparedStepDto[];
}

/** What makes one version of a workflow out of another. */
export class VersionComparisonDto {
  workflow_id: string;
  from: number;
  to: number;
  /** Applied to `from` it makes `to`; empty when they say the same. */
  patch: PatchOperationDto[];
  steps: StepChangesDto;
}

/** `running` while runs are under way, else the stored status. */
export type WorkflowActivity = WorkflowStatus | 'running';

/** A workflow in the status answer. */
export class WorkflowActivityDto {
  id: string;
  name: string;
  trigger_type: TriggerType;
  version: number;
  status: WorkflowActivity;
}

/** A workflow and its latest 10 runs, newest first. */
export class WorkflowStatusDto {
  workflow: WorkflowActivityDto;
  runs: RunSummaryDto[];
}

/** One mistake in a definition. */
export class DefinitionMistakeDto implements FieldError {
  /** JSON path: `steps[2].config.url`. */
  field: string;
  /** How to mend it. */
  message: string;
}

/** What is wrong with a definition. */
export class DefinitionCheckDto {
  valid: boolean;
  errors: DefinitionMistakeDto[];
}
