import { MOST_EXPRESSION } from '@app/contracts';
import {
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import type { StepDefinition } from '../definition.js';
import { stepListHint } from './step-list-hint.js';
import { container, type StepKind } from './step-kind.js';

export class ForeachConfig {
  /** An expression that gives the list of items. */
  @IsString()
  @MinLength(1)
  @MaxLength(MOST_EXPRESSION)
  items: string;

  /** Items under way at the same time; one after the other unless given. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000)
  concurrency?: number = 1;

  /** Whether the first item that fails cancels the others; otherwise all are done before the step fails. */
  @IsOptional()
  @IsBoolean()
  fail_fast?: boolean = true;

  /** Run for each item. They read it as `item` and its place as `index`. */
  @IsArray(stepListHint)
  @ArrayMinSize(1)
  steps: StepDefinition[];
}

export const foreachKind: StepKind<ForeachConfig> = {
  ...container,
  nesting: 'items',
  description:
    'Runs its steps for each item of a list; its output has the output of each item, in the order of the items.',
  config: ForeachConfig,
  examples: [
    {
      items: 'input.orders',
      concurrency: 10,
      steps: [{ id: 'total', type: 'transform', config: { expression: '$sum(item.prices)' } }],
    },
  ],
  bareExpressions: ({ items }) => [{ field: 'items', text: items }],
  lists: ({ steps }) => [{ branch: 'steps', field: 'steps', steps }],
  loop: ({ concurrency, fail_fast }) => ({ concurrency: concurrency ?? 1, failFast: fail_fast ?? true }),
};
