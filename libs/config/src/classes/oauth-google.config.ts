import { ArrayContains } from 'class-validator';
import { scopes } from '../parsers/scopes.parser.js';
import { serverUrl } from '../parsers/sign-in-url.parser.js';
import { text } from '../parsers/text.parser.js';
import { NeededWith } from '../rules/needed-with.rule.js';
import { Variable } from '../variable.decorator.js';

/** Sign-in with Google: a client of the kind "Web application" (console.cloud.google.com). */
export class OauthGoogleConfig {
  /** The client's id. Without it nobody signs in with Google. */
  @Variable('CLIENT_ID', text)
  clientId?: string;

  /** The client's secret. */
  @Variable('CLIENT_SECRET', text, { secret: true, hint: "the client's secret as Google shows it" })
  @NeededWith<OauthGoogleConfig>('clientId', 'OAUTH_GOOGLE_CLIENT_ID')
  clientSecret?: string;

  /** Where Google sends the browser back to, as registered there, to the letter. Default: PUBLIC_URL with /api/v1/auth/callback/google. */
  @Variable('REDIRECT_URL', serverUrl)
  redirectUrl?: string;

  /** What is asked for. */
  @Variable('SCOPES', scopes)
  @ArrayContains(['openid', 'email'])
  scopes: string[] = ['openid', 'email', 'profile'];

  /** The issuer whose metadata are discovered (OpenID Connect Discovery 1.0). Any OpenID provider will do. */
  @Variable('ISSUER_URL', serverUrl)
  issuerUrl = 'https://accounts.google.com';
}
