import { EffectClass } from '@app/contracts';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { leaf, type StepKind } from './step-kind.js';

export class ScriptConfig {
  /** The body of a JavaScript function of `input`, `steps`, `run`, `item` and `index`; what it returns is the output. */
  @IsString()
  @MinLength(1)
  @MaxLength(32_768)
  code: string;
}

export const scriptKind: StepKind<ScriptConfig> = {
  ...leaf,
  description:
    'Computes its output with JavaScript that sees the input and the outputs of earlier steps and nothing else.',
  config: ScriptConfig,
  examples: [{ code: 'return { total: input.prices.reduce((sum, price) => sum + price, 0) };' }],
  isTemplate: false,
  without: ['effect', 'probe', 'on_in_doubt'],
  effect: () => EffectClass.Pure,
  scripts: ({ code }) => [{ field: 'code', text: code }],
};
