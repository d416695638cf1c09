import { EffectClass } from '@app/contracts';
import { IsInt, IsISO8601, Max, Min, ValidateIf } from 'class-validator';
import { schemaHint } from '../json-schema/schema-hint.js';
import { InsteadOf } from '../validation/instead-of.js';
import { leaf, type StepKind } from './step-kind.js';

const YEAR_MS = 366 * 86_400_000;

export class DelayConfig {
  /** How long, in milliseconds; at most a year. Exactly one of `for_ms` and `until`. */
  @ValidateIf(
    (config: DelayConfig) => config.until === undefined || config.for_ms !== undefined,
    schemaHint({ ofWhole: { anyOf: [{ required: ['for_ms'] }, { required: ['until'] }] } }),
  )
  @IsInt()
  @Min(0)
  @Max(YEAR_MS)
  @InsteadOf('until')
  for_ms?: number;

  /** Until when, as an RFC 3339 time. A time that has passed is no wait. */
  @ValidateIf((config: DelayConfig) => config.for_ms === undefined || config.until !== undefined)
  @IsISO8601({ strict: true })
  until?: string;
}

export const delayKind: StepKind<DelayConfig> = {
  ...leaf,
  description: 'Waits for a time or until a time. Costs nothing while waiting and survives restarts.',
  config: DelayConfig,
  examples: [{ for_ms: 60_000 }, { until: '{{ input.remind_at }}' }],
  effect: () => EffectClass.Transactional,
  without: ['timeout_ms', 'effect', 'probe', 'on_in_doubt'],
};
