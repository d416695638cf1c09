import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { ProofMethod } from '../accounts.js';
import { UsedCredentialDto } from './passkeys.dto.js';

/** One proof of who is asking: the password, or the answer of a passkey. */
export class StepUpDto {
  /** For people without a passkey. */
  @IsOptional()
  @IsString()
  @MaxLength(128)
  password?: string;

  /** Signed over the challenge of POST /auth/passkeys/login/options. */
  @IsOptional()
  @Type(() => UsedCredentialDto)
  @ValidateNested()
  @IsObject()
  passkey?: UsedCredentialDto;
}

/** What the session can do now. */
export class SteppedUpDto {
  method: ProofMethod;
  proved_at: string;
  /** Until when sensitive actions ask for no other proof. */
  expires_at: string;
}
