import { BaseUrl } from './base-url.rule.js';
import { bearer, type IntegrationKind } from './integration-kind.js';
import { ProviderConfig } from './provider-config.js';
import { TokenCredentials } from './token-credentials.js';

export class SurveyConfig extends ProviderConfig {
  @BaseUrl()
  base_url: string;
}

export const surveyKind: IntegrationKind<SurveyConfig, TokenCredentials> = {
  description: 'Survey software of your own: where its API is, and a token of it.',
  config: SurveyConfig,
  credentials: TokenCredentials,
  example: { config: { base_url: 'https://surveys.example.com/api' }, credentials: { token: '0123456789' } },
  headers: ({ token }) => bearer(token),
};
