import { accountLimit, type AccountLimit } from './account-limit.shape.js';
import { BaseUrl } from './base-url.rule.js';
import { bearer, type IntegrationKind } from './integration-kind.js';
import { ProviderConfig } from './provider-config.js';
import { TokenCredentials } from './token-credentials.js';

export class AirtableConfig extends ProviderConfig {
  @BaseUrl()
  base_url: string = 'https://api.airtable.com';

  /** Airtable takes five calls a second for each base, and none for 30 s after more. */
  override limit: AccountLimit | null = accountLimit(5, 1_000);
}

export const airtableKind: IntegrationKind<AirtableConfig, TokenCredentials> = {
  description: 'Airtable, with a personal access token. Five calls a second unless its limit says otherwise.',
  config: AirtableConfig,
  credentials: TokenCredentials,
  example: { config: {}, credentials: { token: 'pat0123456789' } },
  moreOrigins: ['https://content.airtable.com'],
  headers: ({ token }) => bearer(token),
};
