import { IsString, Max, Min } from 'class-validator';
import { Group } from '../group.decorator.js';
import { duration } from '../parsers/duration.parser.js';
import { listOf } from '../parsers/list.parser.js';
import { returnUrl } from '../parsers/sign-in-url.parser.js';
import { Variable } from '../variable.decorator.js';
import { OauthAppleConfig } from './oauth-apple.config.js';
import { OauthGithubConfig } from './oauth-github.config.js';
import { OauthGoogleConfig } from './oauth-google.config.js';

/** Sign-in with accounts at other providers. */
export class OauthConfig {
  /** Pages and apps that a sign-in may lead back to, compared to the letter. The first is taken when none is asked for. */
  @Variable('OAUTH_RETURN_URLS', listOf(returnUrl))
  @IsString({ each: true })
  returnUrls: string[] = [];

  /** Longest time that one question to a provider may take, in seconds. A sign-in asks up to three. */
  @Variable('OAUTH_TIMEOUT', duration('s'))
  @Min(100)
  @Max(8_000)
  providerTimeoutMs = 5_000;

  /** Sign-in with Google. */
  @Group('OAUTH_GOOGLE_', OauthGoogleConfig)
  google: OauthGoogleConfig;

  /** Sign-in with GitHub. */
  @Group('OAUTH_GITHUB_', OauthGithubConfig)
  github: OauthGithubConfig;

  /** Sign-in with Apple. */
  @Group('OAUTH_APPLE_', OauthAppleConfig)
  apple: OauthAppleConfig;
}
