import { EffectClass } from '@app/contracts';
import { IsOptional, IsString, Length } from 'class-validator';
import { leaf, type StepKind } from './step-kind.js';

export class FailConfig {
  /** Why, for people. */
  @IsString()
  @Length(1, 2_000)
  message: string;
}

export class SucceedConfig {
  /** The run's output; null unless given. */
  @IsOptional()
  output?: unknown;
}

const ending = {
  ...leaf,
  effect: () => EffectClass.Pure,
  without: ['retry', 'timeout_ms', 'on_error', 'effect', 'probe', 'on_in_doubt'],
} as const satisfies Partial<StepKind>;

export const failKind: StepKind<FailConfig> = {
  ...ending,
  description: 'Ends the whole run as failed, with a message. What else is under way is cancelled.',
  config: FailConfig,
  examples: [{ message: 'Nobody approved {{ input.order }} in time.' }],
};

export const succeedKind: StepKind<SucceedConfig> = {
  ...ending,
  description: 'Ends the whole run as completed, with an output. What else is under way is cancelled.',
  config: SucceedConfig,
  examples: [{ output: { approved: true } }],
};
