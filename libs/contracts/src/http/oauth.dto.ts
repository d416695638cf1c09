import { IsBoolean, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import type { OauthProviderName } from '../oauth.js';
import type { TokenDelivery } from './token-delivery.dto.js';

/** SHA-256 in base64url. */
const S256 = /^[A-Za-z0-9_-]{43}$/;

/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** How a way to a provider and back is to go. */
export class StartOauthDto {
  /** Where the browser is to come back to, one of OAUTH_RETURN_URLS to the letter. Default: the first of them. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  return_url?: string;

  /**
   * base64url(SHA-256(`code_verifier`)) of a random text that the client keeps (RFC 7636, S256): the one-time code is
   * then of no use to anybody else.
   */
  @IsOptional()
  @Matches(S256, { message: '$property has to be the SHA-256 of the code_verifier in base64url, 43 characters' })
  code_challenge?: string;
}

/** How a sign-in is to go. */
export class SignInOauthQuery extends StartOauthDto {
  /** What a person without an account was invited with, or the first administrator was shown. It is good once. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  invitation?: string;
}

/** Where to send the browser. */
export class OauthRedirectDto {
  /** The provider's page at which the person agrees. */
  authorization_url: string;
}

/** What a browser came back with. */
export class OauthCodeDto {
  /** The `code` from the return URL: good once, for a minute. */
  @IsString()
  @Length(1, 128)
  code: string;

  /** The text whose hash was the `code_challenge`, if there was one. */
  @IsOptional()
  @Matches(VERIFIER, { message: '$property has to be 43 to 128 letters, digits and -._~' })
  code_verifier?: string;
}

/** What a browser came back with from a sign-in. */
export class ExchangeOauthDto extends OauthCodeDto implements TokenDelivery {
  /** As in every other sign-in. */
  @IsOptional()
  @IsBoolean()
  refresh_in_cookie?: boolean;
}

/** An account at a provider with which the user can sign in here. */
export class OauthIdentityDto {
  id: string;
  provider: OauthProviderName;
  /** The address the provider gave when it was last used. */
  email: string | null;
  last_used_at: string | null;
  created_at: string;
}
