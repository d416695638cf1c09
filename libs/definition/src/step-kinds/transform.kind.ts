import { EffectClass, MOST_EXPRESSION } from '@app/contracts';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { leaf, type StepKind } from './step-kind.js';

export class TransformConfig {
  /** JSONata over the context; its value is the step's output. */
  @IsString()
  @MinLength(1)
  @MaxLength(MOST_EXPRESSION)
  expression: string;
}

export const transformKind: StepKind<TransformConfig> = {
  ...leaf,
  description: 'Computes its output from the input and the outputs of earlier steps with a JSONata expression.',
  config: TransformConfig,
  examples: [{ expression: '{ "name": input.name, "total": $sum(input.prices) }' }],
  isTemplate: false,
  without: ['effect', 'probe', 'on_in_doubt'],
  effect: () => EffectClass.Pure,
  bareExpressions: ({ expression }) => [{ field: 'expression', text: expression }],
};
