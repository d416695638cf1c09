import { retentionClasses, type RetentionClass } from '@app/contracts';
import { Allow, IsIn, IsInt, Max, Min } from 'class-validator';
import { schemaHint } from '../json-schema/schema-hint.js';
import { MayBeAbsent } from './may-be-absent.js';

const YEAR_MS = 366 * 86_400_000;
const wholeMs = { message: `must be a whole number of milliseconds, 1 to ${YEAR_MS}` };

/** `config` of a definition. */
export class DefinitionConfig {
  /** Settings of the trigger, which its type knows. */
  @Allow()
  trigger?: unknown;

  /** How long runs are kept. */
  @MayBeAbsent()
  @IsIn(retentionClasses, { message: `must be one of ${retentionClasses.join(', ')} (0 = for ever)` })
  retention_days?: RetentionClass;

  /** Longest time of a run from its acceptance. */
  @MayBeAbsent()
  @IsInt(wholeMs)
  @Min(1, wholeMs)
  @Max(YEAR_MS, wholeMs)
  timeout_ms?: number;

  /** What happens when a run fails or is in doubt, see `OnFailure`. */
  @Allow()
  on_failure?: unknown;

  /** How many runs may be at work or begin at the same time, see `Limits`. */
  @Allow()
  limits?: unknown;

  /** What the input of a manual run has to be. */
  @Allow(schemaHint({ schema: { type: ['object', 'boolean'] } }))
  input_schema?: object | boolean;
}
