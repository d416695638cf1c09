import type { EffectClass } from '../journal/journal-entry.js';
import { Untouched } from './untouched.decorator.js';

/** One step type, for whoever writes or generates definitions. */
export class StepTypeDto {
  type: string;
  description: string;
  /** What the effect of such a step can be; it decides what happens when a process died in the middle of it. */
  effects: EffectClass[];
  /** A whole step. */
  example: Record<string, unknown>;
  /** JSON Schema (2020-12) of its `config`. Lists of steps refer to that of the definition by its `$id`. */
  @Untouched()
  config_schema: Record<string, unknown>;
}

/** The workflow language as JSON Schema (2020-12). */
export class StepTypesDto {
  /** Of a whole definition. What can be saved is valid by it; not all that is valid by it can be saved. */
  @Untouched()
  definition: Record<string, unknown>;
  step_types: StepTypeDto[];
}
