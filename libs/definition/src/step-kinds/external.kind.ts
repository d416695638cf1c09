import { EffectClass } from '@app/contracts';
import { IsOptional, IsString, Matches } from 'class-validator';
import { leaf, type StepKind } from './step-kind.js';

export class ExternalConfig {
  /** Which of your programs takes the task: they poll queues by name. */
  @IsString()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, {
    message: 'must start with a letter or digit and hold at most 128 of A-Z, a-z, 0-9, _, . and -',
  })
  queue: string;

  /** What the program is given. */
  @IsOptional()
  input?: unknown;
}

export const externalKind: StepKind<ExternalConfig> = {
  ...leaf,
  description:
    'A task that a program of your own takes, in any language; its output is what the program completes it with.',
  config: ExternalConfig,
  examples: [{ queue: 'thumbnails', input: { url: '{{ input.url }}' } }],
  effect: () => EffectClass.Transactional,
};
