import { ArrayContains } from 'class-validator';
import { scopes } from '../parsers/scopes.parser.js';
import { serverUrl } from '../parsers/sign-in-url.parser.js';
import { text } from '../parsers/text.parser.js';
import { NeededWith } from '../rules/needed-with.rule.js';
import { Variable } from '../variable.decorator.js';

/** Sign-in with GitHub: an OAuth app (github.com/settings/developers). */
export class OauthGithubConfig {
  /** The app's client id. Without it nobody signs in with GitHub. */
  @Variable('CLIENT_ID', text)
  clientId?: string;

  /** The app's client secret. */
  @Variable('CLIENT_SECRET', text, { secret: true, hint: "the app's client secret as GitHub shows it" })
  @NeededWith<OauthGithubConfig>('clientId', 'OAUTH_GITHUB_CLIENT_ID')
  clientSecret?: string;

  /** Where GitHub sends the browser back to, as registered there, to the letter. Default: PUBLIC_URL with /api/v1/auth/callback/github. */
  @Variable('REDIRECT_URL', serverUrl)
  redirectUrl?: string;

  /** What is asked for. */
  @Variable('SCOPES', scopes)
  @ArrayContains(['user:email'])
  scopes: string[] = ['read:user', 'user:email'];

  /** The server that people sign in at; an Enterprise Server has its own. */
  @Variable('URL', serverUrl)
  siteUrl = 'https://github.com';

  /** The server's API: of an Enterprise Server, its address with /api/v3. */
  @Variable('API_URL', serverUrl)
  apiUrl = 'https://api.github.com';
}
