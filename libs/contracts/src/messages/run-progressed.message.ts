import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';

/** Most characters of `ends`. */
export const MOST_ENDS_TEXT = 1_048_576;

/** Runs that somebody waits for are over: look now instead of at the next poll. */
export class RunProgressed {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(1_000)
  @IsUUID(undefined, { each: true })
  run_ids: string[];

  /**
   * A line for each of `run_ids`, in their order: an `EndedRun` as JSON text, or nothing when it has to be read. Every gateway
   * hears them, and only the one that waits for a run parses its line.
   */
  @IsOptional()
  @IsString()
  @MaxLength(MOST_ENDS_TEXT)
  ends?: string;
}
