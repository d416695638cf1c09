import { IsString, Matches, MaxLength } from 'class-validator';
import { BaseUrl } from './base-url.rule.js';
import type { IntegrationKind } from './integration-kind.js';
import { ProviderConfig } from './provider-config.js';
import { TokenCredentials } from './token-credentials.js';

export class HttpConfig extends ProviderConfig {
  @BaseUrl()
  base_url: string;

  /** The header that the token is sent in. */
  @IsString()
  @Matches(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, { message: 'must be the name of a header' })
  header: string = 'Authorization';

  /** What stands before the token in the header, with a space between them; nothing when it is empty. */
  @IsString()
  @MaxLength(50)
  @Matches(/^[A-Za-z0-9._~+/-]*$/, { message: 'must be a word like Bearer or Basic, or empty' })
  scheme: string = 'Bearer';
}

export const httpKind: IntegrationKind<HttpConfig, TokenCredentials> = {
  description: 'Any other API over HTTP that takes a token in a header.',
  config: HttpConfig,
  credentials: TokenCredentials,
  example: {
    config: {
      base_url: 'https://api.example.com',
      header: 'X-API-Key',
      scheme: '',
      limit: { max: 100, per_ms: 60_000 },
    },
    credentials: { token: '0123456789' },
  },
  headers: ({ token }, { header, scheme }) => ({ [header]: scheme === '' ? token : `${scheme} ${token}` }),
};
