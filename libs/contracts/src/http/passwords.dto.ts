import { IsEmail, IsString, Length, MaxLength } from 'class-validator';

/** Whoever has forgotten their password. */
export class ForgotPasswordDto {
  @IsEmail()
  @MaxLength(254)
  email: string;
}

/** A new password, by the link that was mailed. */
export class ResetPasswordDto {
  /** What stands behind `#token=` in the link. It is good once. */
  @IsString()
  @Length(1, 512)
  token: string;

  /** PASSWORD_MIN_LENGTH to 128 characters, any of them, and not one of the common passwords. */
  @IsString()
  @MaxLength(128)
  password: string;
}

/** A new password instead of the one the person has. */
export class ChangePasswordDto {
  @IsString()
  @MaxLength(128)
  current_password: string;

  /** PASSWORD_MIN_LENGTH to 128 characters, any of them, and not one of the common passwords. */
  @IsString()
  @MaxLength(128)
  new_password: string;
}

/** The first password of a person who signs in another way so far. */
export class SetPasswordDto {
  /** PASSWORD_MIN_LENGTH to 128 characters, any of them, and not one of the common passwords. */
  @IsString()
  @MaxLength(128)
  new_password: string;
}
