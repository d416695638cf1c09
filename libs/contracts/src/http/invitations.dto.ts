import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsEmail, IsIn, IsOptional, MaxLength } from 'class-validator';
import { UserRole } from '../accounts.js';

/** Somebody who is to have an account. */
export class InviteDto {
  @IsEmail()
  @MaxLength(254)
  email: string;

  /** What they may do besides what everybody may; defaults to nothing. */
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @ArrayUnique()
  @IsIn(Object.values(UserRole), { each: true })
  roles?: UserRole[];
}

/** An invitation that nobody has used yet. The link is in the mail and nowhere else. */
export class InvitationDto {
  id: string;
  email: string;
  roles: UserRole[];
  /** The administrator who invited. */
  invited_by: string;
  expires_at: string;
  created_at: string;
}
