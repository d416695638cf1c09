import { IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';

/** What is wrong with a run. */
export const RunTrouble = {
  /** It has failed. */
  Failed: 'failed',
  /** A step of it is in doubt: it waits until somebody says what became of its call. */
  InDoubt: 'in_doubt',
} as const;
export type RunTrouble = (typeof RunTrouble)[keyof typeof RunTrouble];

/** A mail to the owner of a run that is in trouble. */
export class EmailFailure {
  @IsIn(Object.values(RunTrouble))
  trouble: RunTrouble;

  @IsUUID()
  run_id: string;

  @IsUUID()
  workflow_id: string;

  /** Path of the step that is in doubt. */
  @IsOptional()
  @IsString()
  path?: string;

  /** Code of the error that the run failed with. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  code?: string;
}
