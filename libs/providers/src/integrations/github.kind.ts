import { BaseUrl } from './base-url.rule.js';
import { bearer, type IntegrationKind } from './integration-kind.js';
import { ProviderConfig } from './provider-config.js';
import { TokenCredentials } from './token-credentials.js';

export class GithubConfig extends ProviderConfig {
  @BaseUrl()
  base_url: string = 'https://api.github.com';
}

export const githubKind: IntegrationKind<GithubConfig, TokenCredentials> = {
  description: 'GitHub, with a personal access token or one of an app.',
  config: GithubConfig,
  credentials: TokenCredentials,
  example: { config: {}, credentials: { token: 'ghp_0123456789' } },
  moreOrigins: ['https://uploads.github.com'],
  headers: ({ token }) => bearer(token),
};
