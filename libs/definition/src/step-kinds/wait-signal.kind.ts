import { EffectClass } from '@app/contracts';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { leaf, type StepKind } from './step-kind.js';

const YEAR_MS = 366 * 86_400_000;

const SIGNAL_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** Whether a text can be the name of a signal. */
export function isSignalName(name: string): boolean {
  return SIGNAL_NAME.test(name);
}

export class WaitSignalConfig {
  /** What `POST /runs/:id/signals/:name` calls it. */
  @Matches(SIGNAL_NAME, {
    message: 'must start with a letter or digit and hold at most 128 of A-Z, a-z, 0-9, _, . and -',
  })
  name: string;

  /** How long to wait, in milliseconds; the step fails with TIMEOUT after that. For ever unless given. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(YEAR_MS)
  timeout_ms?: number;
}

export const waitSignalKind: StepKind<WaitSignalConfig> = {
  ...leaf,
  description:
    'Waits for a signal, an approval or a callback; its output is {payload, by, at}: what came, from whom and when.',
  config: WaitSignalConfig,
  examples: [{ name: 'approval', timeout_ms: 86_400_000 }],
  effect: () => EffectClass.Transactional,
  without: ['timeout_ms', 'effect', 'probe', 'on_in_doubt'],
};
