import type { FieldError } from '@app/contracts';
import { IsBoolean, IsOptional, IsUUID } from 'class-validator';
import { checkShape } from './check-shape.js';

/** What happens when a run has failed, or a step of it is in doubt and waits for somebody: `config.on_failure`. */
export class OnFailure {
  /** A workflow of the same owner that is run then, with the run as its input. */
  @IsOptional()
  @IsUUID()
  workflow_id?: string;

  /** Whether the owner is mailed, at their verified address: once in 15 minutes for each workflow. */
  @IsOptional()
  @IsBoolean()
  mail?: boolean;
}

/**
 * Checks `config.on_failure`. Whether the workflow exists is asked where that is known.
 * @param path JSON path of it
 */
export function checkOnFailure(onFailure: unknown, path: string): FieldError[] {
  if (onFailure === undefined) return [];
  const { value, errors } = checkShape(OnFailure, onFailure, path);
  if (errors.length > 0) return errors;
  if (value.workflow_id !== undefined || value.mail === true) return [];
  return [{ field: path, message: 'does nothing: name a workflow_id, set mail to true, or remove it' }];
}
