import {
  defaultRetention,
  retentionClasses,
  validationFailed,
  type FieldError,
  type RetentionClass,
  type TriggerType,
} from '@app/contracts';
import { firstOf, validateInTurns, type Bounds } from '@app/definition';
import type { QueryDeepPartialEntity } from 'typeorm';

/** A definition that has passed the rules of the workflow language, in the columns of `workflows`. */
export interface Definition {
  name: string;
  description: string;
  trigger_type: TriggerType;
  steps: object[];
  config: Record<string, unknown>;
}

/** Of a definition in writing: anything may be missing or wrong. */
export type DraftDefinition = { [K in keyof Definition]?: unknown };

/**
 * All that is wrong with a definition. The one way to know it, for whoever saves and whoever only asks: it lets other requests
 * have their turn (ADR 30).
 * @param further mistakes that were found elsewhere
 */
export async function definitionMistakes(
  definition: unknown,
  bounds: Bounds,
  further: readonly FieldError[] = [],
): Promise<FieldError[]> {
  return firstOf([...(await validateInTurns(definition, bounds)), ...further]);
}

/**
 * The definition, once it has passed the rules.
 * @param further mistakes that were found elsewhere
 * @throws AppError VALIDATION_FAILED with every mistake by its JSON path
 */
export async function checkDefinition(
  draft: DraftDefinition,
  bounds: Bounds,
  further: readonly FieldError[] = [],
): Promise<Definition> {
  const { name, description, trigger_type, steps, config } = draft;
  const definition = { name, description: description ?? '', trigger_type, steps, config: config ?? {} };
  const errors = await definitionMistakes(definition, bounds, further);
  if (errors.length > 0) throw validationFailed(errors);
  return definition as Definition;
}

/** How long the runs of a workflow are kept, as its `config.retention_days` says. */
export function retentionOf({ config }: Definition): RetentionClass {
  return retentionClasses.find((days) => days === config['retention_days']) ?? defaultRetention;
}

/** A definition as columns. TypeORM's types have no place for values of a jsonb column that are not known beforehand. */
export function columnsOf(definition: Definition): QueryDeepPartialEntity<Definition> {
  return definition as QueryDeepPartialEntity<Definition>;
}
