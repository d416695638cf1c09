import { IsEmail, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import type { ProofMethod } from '../accounts.js';
import { TokenDelivery } from './token-delivery.dto.js';
import { UserDto } from './user.dto.js';

/** An account to be made. */
export class RegisterDto extends TokenDelivery {
  @IsEmail()
  @MaxLength(254)
  email: string;

  /** PASSWORD_MIN_LENGTH to 128 characters, any of them, and not one of the common passwords. */
  @IsString()
  @MaxLength(128)
  password: string;

  @IsString()
  @Length(1, 255)
  name: string;

  /** What stands behind `#token=` in the link of an invitation, or of the first administrator. It is good once. */
  @IsOptional()
  @IsString()
  @Length(1, 512)
  invitation?: string;
}

/** A sign-in with e-mail and password. */
export class LoginDto extends TokenDelivery {
  @IsString()
  @MaxLength(254)
  email: string;

  @IsString()
  @MaxLength(128)
  password: string;
}

/** The refresh token to be exchanged. It is good once. */
export class RefreshDto {
  /** Absent when a page of the platform has it in its cookie. */
  @IsOptional()
  @IsString()
  @Length(1, 512)
  refresh_token?: string;
}

/** What a client calls the API with. */
export class TokensDto {
  /** For `Authorization: Bearer`. */
  access_token: string;
  /** Opaque; for POST /auth/refresh alone. Absent when it went into the cookie. */
  refresh_token?: string;
  /** When the access token expires, in seconds since 1970. */
  expires_at: number;
  token_type: 'Bearer';
}

/** Somebody is signed in. */
export class SignedInDto {
  user: UserDto;
  tokens: TokensDto;
}

/** The tokens that replace the ones before. */
export class RefreshedDto {
  tokens: TokensDto;
}

/** What was done, in a sentence. */
export class MessageDto {
  message: string;
}

/** One device on which the user is signed in. */
export class SessionDto {
  id: string;
  /** Whether it is the session of this request. */
  current: boolean;
  /** What the person calls the device; null until they name it. */
  name: string | null;
  /** How they signed in. */
  method: ProofMethod;
  ip_address: string | null;
  user_agent: string | null;
  created_at: string;
  last_used_at: string;
  expires_at: string;
}

/** A device's name. */
export class RenameSessionDto {
  /** What the person calls the device. */
  @IsString()
  @Length(1, 255)
  name: string;
}
