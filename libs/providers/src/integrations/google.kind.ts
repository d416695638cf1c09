import { InsteadOf, schemaHint } from '@app/definition';
import { ValidateIf } from 'class-validator';
import { BaseUrl } from './base-url.rule.js';
import { bearer, type IntegrationKind } from './integration-kind.js';
import { ProviderConfig } from './provider-config.js';
import { Token } from './token.rule.js';

export class GoogleConfig extends ProviderConfig {
  @BaseUrl()
  base_url: string = 'https://www.googleapis.com';
}

export class GoogleCredentials {
  /** For public data and what asks for no user. Exactly one of `api_key` and `access_token`. */
  @ValidateIf(
    (credentials: GoogleCredentials) => credentials.access_token === undefined || credentials.api_key !== undefined,
    schemaHint({ ofWhole: { anyOf: [{ required: ['api_key'] }, { required: ['access_token'] }] } }),
  )
  @Token()
  @InsteadOf('access_token')
  api_key?: string;

  /** An OAuth 2.0 access token, as long as it is good. */
  @ValidateIf(
    (credentials: GoogleCredentials) => credentials.api_key === undefined || credentials.access_token !== undefined,
  )
  @Token()
  access_token?: string;
}

export const googleKind: IntegrationKind<GoogleConfig, GoogleCredentials> = {
  description: 'APIs of Google, with an API key or an access token.',
  config: GoogleConfig,
  credentials: GoogleCredentials,
  example: { config: {}, credentials: { api_key: 'AIza0123456789' } },
  // The hosts that its APIs have in their own names; no wildcard, under which customers of Google have hosts too.
  moreOrigins: ['calendar-json', 'docs', 'drive', 'forms', 'gmail', 'people', 'sheets', 'slides', 'tasks'].map(
    (api) => `https://${api}.googleapis.com`,
  ),
  headers: ({ api_key, access_token }) => {
    if (access_token !== undefined) return bearer(access_token);
    return api_key === undefined ? {} : { 'x-goog-api-key': api_key };
  },
};
