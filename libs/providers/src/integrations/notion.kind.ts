import { Matches } from 'class-validator';
import { accountLimit, type AccountLimit } from './account-limit.shape.js';
import { BaseUrl } from './base-url.rule.js';
import { bearer, type IntegrationKind } from './integration-kind.js';
import { ProviderConfig } from './provider-config.js';
import { TokenCredentials } from './token-credentials.js';

export class NotionConfig extends ProviderConfig {
  @BaseUrl()
  base_url: string = 'https://api.notion.com';

  /** The `Notion-Version` of its API, a date. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'must be a date like 2022-06-28' })
  notion_version: string = '2022-06-28';

  /** Notion takes three calls a second on average. */
  override limit: AccountLimit | null = accountLimit(3, 1_000);
}

export const notionKind: IntegrationKind<NotionConfig, TokenCredentials> = {
  description:
    'Notion, with the token of an internal integration. Three calls a second unless its limit says otherwise.',
  config: NotionConfig,
  credentials: TokenCredentials,
  example: { config: {}, credentials: { token: 'ntn_0123456789' } },
  headers: ({ token }, { notion_version }) => ({ ...bearer(token), 'notion-version': notion_version }),
};
