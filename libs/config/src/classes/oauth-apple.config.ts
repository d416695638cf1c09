import type { KeyObject } from 'node:crypto';
import { ArrayContains } from 'class-validator';
import { p256PrivateKey } from '../parsers/p256-private-key.parser.js';
import { scopes } from '../parsers/scopes.parser.js';
import { serverUrl } from '../parsers/sign-in-url.parser.js';
import { text } from '../parsers/text.parser.js';
import { NeededWith } from '../rules/needed-with.rule.js';
import { Variable } from '../variable.decorator.js';

const CLIENT_ID = 'OAUTH_APPLE_CLIENT_ID';

/** Sign-in with Apple: a Services ID and a key for "Sign in with Apple" (developer.apple.com). */
export class OauthAppleConfig {
  /** The Services ID. Without it nobody signs in with Apple. */
  @Variable('CLIENT_ID', text)
  clientId?: string;

  /** The private key (the content of the .p8 file) that client secrets are signed with: each is made here and good for minutes. */
  @Variable('CLIENT_SECRET', p256PrivateKey, { secret: true, hint: 'the content of the .p8 file that Apple gave' })
  @NeededWith<OauthAppleConfig>('clientId', CLIENT_ID)
  privateKey?: KeyObject;

  /** Id of the team the Services ID belongs to, ten characters. */
  @Variable('TEAM_ID', text)
  @NeededWith<OauthAppleConfig>('clientId', CLIENT_ID)
  teamId?: string;

  /** Id of the private key, ten characters. */
  @Variable('KEY_ID', text)
  @NeededWith<OauthAppleConfig>('clientId', CLIENT_ID)
  keyId?: string;

  /** Where Apple sends the browser back to, as registered there, to the letter. Default: PUBLIC_URL with /api/v1/auth/callback/apple. */
  @Variable('REDIRECT_URL', serverUrl)
  redirectUrl?: string;

  /** What is asked for. */
  @Variable('SCOPES', scopes)
  @ArrayContains(['openid', 'email'])
  scopes: string[] = ['openid', 'email', 'name'];

  /** The issuer whose metadata are discovered (OpenID Connect Discovery 1.0), and whom client secrets are for. */
  @Variable('ISSUER_URL', serverUrl)
  issuerUrl = 'https://appleid.apple.com';
}
