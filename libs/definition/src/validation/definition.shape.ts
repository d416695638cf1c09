import { MOST_EXPRESSION, TriggerType } from '@app/contracts';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { OnInDoubt, Probe, RetryPolicy, StepDefinition, WorkflowDefinition } from '../definition.js';
import { schemaHint } from '../json-schema/schema-hint.js';
import { stepList } from '../step-kinds/step-list-hint.js';
import { MayBeAbsent } from './may-be-absent.js';

const DAY_MS = 86_400_000;

export class RetryShape implements RetryPolicy {
  @IsInt()
  @Min(1)
  @Max(100)
  max_attempts: number;

  @IsInt()
  @Min(0)
  @Max(DAY_MS)
  delay_ms: number;

  @IsNumber()
  @Min(1)
  @Max(10)
  backoff: number = 1;

  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(30 * DAY_MS)
  max_delay_ms?: number;
}

export class ProbeShape implements Probe {
  @IsObject(schemaHint({ schema: { $ref: '#/$defs/http.request', properties: { method: { enum: ['GET', 'HEAD'] } } } }))
  request: Record<string, unknown>;

  @IsString()
  @Length(1, MOST_EXPRESSION)
  expression: string;
}

/** What is the same for every step type. */
export class StepShape implements StepDefinition {
  @IsString()
  @Matches(/^[a-z][a-z0-9_-]{0,63}$/, {
    message: 'must start with a lower-case letter and hold at most 64 of a-z, 0-9, _ and -',
  })
  id: string;

  @IsString()
  type: string;

  @MayBeAbsent()
  @IsString()
  @MaxLength(255)
  name?: string;

  @IsObject()
  config: Record<string, unknown>;

  @MayBeAbsent()
  @IsString()
  @Length(1, MOST_EXPRESSION)
  if?: string;

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => RetryShape)
  retry?: RetryShape;

  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(DAY_MS)
  timeout_ms?: number;

  @MayBeAbsent()
  @IsString()
  on_error?: string;

  @MayBeAbsent()
  @IsIn(['keyed'])
  effect?: 'keyed';

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => ProbeShape)
  probe?: ProbeShape;

  @MayBeAbsent()
  @IsIn(['hold', 'retry', 'fail'])
  on_in_doubt?: OnInDoubt;
}

/** The outside of a definition; its steps and config are checked one by one. */
export class DefinitionShape implements WorkflowDefinition {
  @IsString()
  @Length(1, 255)
  name: string;

  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  description?: string;

  @IsIn(Object.values(TriggerType))
  trigger_type: TriggerType;

  @IsArray(schemaHint({ schema: { ...stepList, minItems: 1 } }))
  steps: StepDefinition[];

  @IsOptional()
  @IsObject()
  config?: Record<string, unknown>;
}
