import { IsString, IsUUID, MaxLength } from 'class-validator';
import type { RetentionClass, RunTrigger } from '../workflow-status.js';

/** Most characters of `runs`. */
export const MOST_HANDED_TEXT = 1_048_576;

/** Runs that were accepted in the name of one replica, which begins them without looking. */
export class RunsHanded {
  /** The replica. */
  @IsUUID()
  owner: string;

  /** A list of `HandedRun` as JSON text: every replica hears it, and only the one that it is for reads it. */
  @IsString()
  @MaxLength(MOST_HANDED_TEXT)
  runs: string;
}

/** A run as the row has it that was just written. */
export interface HandedRun {
  run_id: string;
  retention: RetentionClass;
  workflow_id: string;
  version: number;
  user_id: string;
  /** RFC 3339. When it was accepted, which is when it was claimed. */
  accepted_at: string;
  trigger: RunTrigger;
  input: unknown;
  correlation_id: string | null;
  tags: readonly string[];
  depth: number;
  watched: boolean;
}
