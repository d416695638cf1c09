import { BaseUrl } from './base-url.rule.js';
import { bearer, type IntegrationKind } from './integration-kind.js';
import { ProviderConfig } from './provider-config.js';
import { TokenCredentials } from './token-credentials.js';

export class CaptchaConfig extends ProviderConfig {
  @BaseUrl()
  base_url: string;
}

export const captchaKind: IntegrationKind<CaptchaConfig, TokenCredentials> = {
  description:
    'A site of your own whose CAPTCHA is tested: where it is, and the token that its test interface asks for.',
  config: CaptchaConfig,
  credentials: TokenCredentials,
  example: { config: { base_url: 'https://www.example.com' }, credentials: { token: '0123456789' } },
  headers: ({ token }) => bearer(token),
};
