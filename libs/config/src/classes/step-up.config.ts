import { Max, Min } from 'class-validator';
import { duration } from '../parsers/duration.parser.js';
import { Variable } from '../variable.decorator.js';

/** Proving again who one is, before sensitive actions. */
export class StepUpConfig {
  /** How long a proof, sign-in or step-up, is good for sensitive actions. */
  @Variable('STEP_UP_MAX_AGE', duration())
  @Min(1_000)
  @Max(86_400_000)
  stepUpMaxAgeMs = 300_000;
}
