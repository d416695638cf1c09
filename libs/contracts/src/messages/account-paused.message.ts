import { IsInt, IsString, IsUUID, Length, Max, Min } from 'class-validator';

/** A provider wants no calls of an account for a while: hear of it now instead of at the next poll. */
export class AccountPaused {
  /** The owner of the account. */
  @IsUUID()
  user_id: string;

  /** What tells it from the owner's other accounts. */
  @IsString()
  @Length(1, 255)
  account: string;

  /** Counted from now: the receiver's clock may be another one. */
  @IsInt()
  @Min(1)
  @Max(3_600_000)
  for_ms: number;
}
