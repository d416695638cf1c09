import { IsString, Length } from 'class-validator';

/** The proof that an address is the person's own: the link that was mailed there. */
export class VerifyEmailDto {
  /** What stands behind `#token=` in the link. It is good once. */
  @IsString()
  @Length(1, 512)
  token: string;
}
