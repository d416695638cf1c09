import { BaseUrl } from './base-url.rule.js';
import { bearer, type IntegrationKind } from './integration-kind.js';
import { ProviderConfig } from './provider-config.js';
import { Token } from './token.rule.js';

export class StripeConfig extends ProviderConfig {
  @BaseUrl()
  base_url: string = 'https://api.stripe.com';
}

export class StripeCredentials {
  /** A secret or a restricted key. */
  @Token()
  secret_key: string;
}

export const stripeKind: IntegrationKind<StripeConfig, StripeCredentials> = {
  description: 'A Stripe account, with a secret or a restricted key.',
  config: StripeConfig,
  credentials: StripeCredentials,
  example: { config: {}, credentials: { secret_key: 'rk_test_0123456789' } },
  moreOrigins: ['https://files.stripe.com'],
  headers: ({ secret_key }) => bearer(secret_key),
};
