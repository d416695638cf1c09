import { EffectClass, MOST_EXPRESSION } from '@app/contracts';
import { IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { PATTERN, PATTERN_ADVICE } from '../validation/event-pattern.js';
import { leaf, type StepKind } from './step-kind.js';

const YEAR_MS = 366 * 86_400_000;

/** Words are compared as they stand, so braces in them would be waited for in vain. */
const AS_IT_IS = /^(?!.*\{\{)/s;
const AS_IT_IS_ADVICE = {
  message: 'is taken as it is, without expressions: let filter compare what depends on the run',
};

export class WaitEventConfig {
  /** Of the event's `type`: exactly this, or what begins like this with `*` at the end. */
  @IsString()
  @Length(1, 255)
  @Matches(PATTERN, PATTERN_ADVICE)
  @Matches(AS_IT_IS, AS_IT_IS_ADVICE)
  type: string;

  /** Of the event's `source`, likewise; any unless given. */
  @IsOptional()
  @IsString()
  @Length(1, 2_048)
  @Matches(PATTERN, PATTERN_ADVICE)
  @Matches(AS_IT_IS, AS_IT_IS_ADVICE)
  source?: string;

  /** An expression over `event`, and what else the step sees, that has to be true. */
  @IsOptional()
  @IsString()
  @Length(1, MOST_EXPRESSION)
  filter?: string;

  /** How long to wait, in milliseconds; the step fails with TIMEOUT after that. For ever unless given. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(YEAR_MS)
  timeout_ms?: number;
}

export const waitEventKind: StepKind<WaitEventConfig> = {
  ...leaf,
  isTemplate: false,
  description: 'Waits for a CloudEvent that is accepted from now on; its output is the event.',
  config: WaitEventConfig,
  examples: [{ type: 'org.example.order.paid', filter: 'event.subject = input.order', timeout_ms: 86_400_000 }],
  effect: () => EffectClass.Transactional,
  bareExpressions: ({ filter }) => (filter === undefined ? [] : [{ field: 'filter', text: filter }]),
  without: ['timeout_ms', 'effect', 'probe', 'on_in_doubt'],
};
