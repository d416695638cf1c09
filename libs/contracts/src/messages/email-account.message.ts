import { IsEmail, IsIn, IsOptional, IsUUID, MaxLength } from 'class-validator';

/** The mails that the platform itself sends to people about their accounts. */
export const AccountMail = {
  /** A link that proves that the address is theirs. */
  Verification: 'verification',
  /** A link that sets a new password. Asked for by anybody, so the address may have no account: then nothing is sent. */
  PasswordReset: 'password_reset',
  /** A link that makes an account where registration is by invitation. */
  Invitation: 'invitation',
  /** The password was changed: somebody who did not do it should know. */
  PasswordChanged: 'password_changed',
  /** The account has another address: whoever reads the one before, and did not do it, should know. It goes there. */
  EmailChanged: 'email_changed',
} as const;
export type AccountMail = (typeof AccountMail)[keyof typeof AccountMail];

/**
 * A mail about an account. It holds no token: the worker makes one when it sends the mail, so that the database never
 * holds a link that works.
 */
export class EmailAccount {
  @IsIn(Object.values(AccountMail))
  mail: AccountMail;

  /** As it was typed: the worker finds the account. */
  @IsEmail()
  @MaxLength(254)
  email: string;

  /** The account, where the asker knows it: the mail is not sent when it is another one's by now. */
  @IsOptional()
  @IsUUID()
  user_id?: string;

  /** The row of `one_time_tokens` that an invitation is about. */
  @IsOptional()
  @IsUUID()
  invitation_id?: string;
}
