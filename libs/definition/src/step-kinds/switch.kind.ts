import { MOST_EXPRESSION } from '@app/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import type { StepDefinition } from '../definition.js';
import { stepListHint } from './step-list-hint.js';
import { container, type StepKind } from './step-kind.js';

export class SwitchCase {
  /** An expression; the first case whose expression is true is taken. */
  @IsString()
  @MinLength(1)
  @MaxLength(MOST_EXPRESSION)
  if: string;

  @IsArray(stepListHint)
  steps: StepDefinition[];
}

export class SwitchConfig {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SwitchCase)
  cases: SwitchCase[];

  /** Taken when no case is true. */
  @IsOptional()
  @IsArray(stepListHint)
  else?: StepDefinition[];
}

/** The name of the list that is taken when no case is true. */
export const ELSE_BRANCH = 'else';

/** The name of a case's list. */
export function caseBranch(index: number): string {
  return `cases[${index}]`;
}

export const switchKind: StepKind<SwitchConfig> = {
  ...container,
  nesting: 'choice',
  description: 'Runs the steps of the first case that is true, or those of `else`; its output is that of the last one.',
  config: SwitchConfig,
  examples: [
    {
      cases: [
        {
          if: 'input.amount >= 1000',
          steps: [{ id: 'large', type: 'transform', config: { expression: '"needs approval"' } }],
        },
      ],
      else: [{ id: 'small', type: 'transform', config: { expression: '"is paid"' } }],
    },
  ],
  bareExpressions: ({ cases }) => cases.map((item, i) => ({ field: `cases[${i}].if`, text: item.if })),
  lists: (config) => [
    ...config.cases.map(({ steps }, i) => ({ branch: caseBranch(i), field: `cases[${i}].steps`, steps })),
    ...(config.else === undefined ? [] : [{ branch: ELSE_BRANCH, field: 'else', steps: config.else }]),
  ],
};
