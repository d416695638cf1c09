import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Min,
  ValidateNested,
} from 'class-validator';
import type { EffectClass } from '../journal/journal-entry.js';
import { RunAcceptedDto } from './runs.dto.js';
import { Untouched } from './untouched.decorator.js';

/** A turn of a loop around a step that is tested. */
export class LoopTurnDto {
  /** From 0; 0 unless given. */
  @IsOptional()
  @IsInt()
  @Min(0)
  index?: number;

  /** Of `foreach`; null unless given. */
  @Allow()
  @Untouched()
  item?: unknown;

  /** Of `repeat`: output of the iteration before; null unless given. */
  @Allow()
  @Untouched()
  previous?: unknown;
}

/** One step that is to be run by itself, and what it sees. `item`, `index` and `previous` are those of the innermost loop. */
export class TestStepDto extends LoopTurnDto {
  /** The id of the step, wherever it is in the workflow. */
  @IsString()
  @Length(1, 64)
  step: string;

  /** What expressions see as `input`. */
  @Allow()
  @Untouched()
  input?: unknown;

  /** Pinned outputs of earlier steps, by id: what expressions see as `steps.<id>.output`. */
  @IsOptional()
  @IsObject()
  @Untouched()
  outputs?: Record<string, unknown>;

  /** Turns of the other loops around it, from the outside in. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(16)
  @ValidateNested({ each: true })
  @Type(() => LoopTurnDto)
  loops?: LoopTurnDto[];
}

/** What a step does outside the engine. */
export class StepEffectDto {
  step_id: string;
  type: string;
  /** `pure` does nothing outside; of an `unsafe` one nobody may know whether it has happened. */
  effect: EffectClass;
}

/** The run of one step that is tested. */
export class StepTestAcceptedDto extends RunAcceptedDto {
  /** What may happen outside: of the step, and of those inside it. Nothing is simulated. */
  effects: StepEffectDto[];
}
