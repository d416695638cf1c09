import {
  ConfigError,
  isDeployed,
  HttpConfig,
  OauthConfig,
  ServiceConfig,
  type OauthAppleConfig,
  type OauthGithubConfig,
  type OauthGoogleConfig,
} from '@app/config';
import { notFound, OauthProviderName } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { ClientSecretPost } from 'openid-client';
import { appleClientSecret } from './apple-client-secret.js';
import { GithubProvider } from './github.provider.js';
import type { OauthProvider } from './oauth-provider.js';
import { configMistakes } from './config-mistakes.js';
import { OpenIdProvider } from './openid.provider.js';

/** The providers that are set up here. */
@Injectable()
export class OauthProviders {
  private readonly byName: ReadonlyMap<string, OauthProvider>;

  /** @throws ConfigError */
  constructor(config: OauthConfig, http: HttpConfig, { environment }: ServiceConfig) {
    const mistakes = configMistakes(config, isDeployed(environment));
    if (mistakes.length > 0) throw new ConfigError(mistakes);
    const made = [
      google(config.google, config, http),
      github(config.github, config, http),
      apple(config.apple, config, http),
    ];
    this.byName = new Map(
      made.filter((provider) => provider !== undefined).map((provider) => [provider.name, provider]),
    );
  }

  /** Those that a person could sign in with. */
  get names(): OauthProviderName[] {
    return [...this.byName.values()].map(({ name }) => name);
  }

  /** @throws AppError NOT_FOUND when there is no such provider, or it is not set up */
  find(name: string): OauthProvider {
    const provider = this.byName.get(name);
    if (provider === undefined) throw notFound('provider');
    return provider;
  }
}

function google(
  own: OauthGoogleConfig,
  { providerTimeoutMs }: OauthConfig,
  http: HttpConfig,
): OauthProvider | undefined {
  const { clientId, clientSecret, issuerUrl, scopes } = own;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  const name = OauthProviderName.Google;
  return new OpenIdProvider({
    name,
    issuerUrl,
    clientId,
    authentication: ClientSecretPost(clientSecret),
    redirectUrl: own.redirectUrl ?? callbackUrl(http, name),
    scopes,
    answersByPost: false,
    timeoutMs: providerTimeoutMs,
  });
}

function apple(own: OauthAppleConfig, { providerTimeoutMs }: OauthConfig, http: HttpConfig): OauthProvider | undefined {
  const { clientId, privateKey, teamId, keyId, issuerUrl, scopes } = own;
  if (clientId === undefined || privateKey === undefined || teamId === undefined || keyId === undefined)
    return undefined;
  const name = OauthProviderName.Apple;
  const audience = new URL(issuerUrl).href.replace(/\/$/, '');
  return new OpenIdProvider({
    name,
    issuerUrl,
    clientId,
    authentication: appleClientSecret({ clientId, teamId, keyId, privateKey, audience }),
    redirectUrl: own.redirectUrl ?? callbackUrl(http, name),
    scopes,
    // Apple gives name and address in no other way.
    answersByPost: true,
    timeoutMs: providerTimeoutMs,
  });
}

function github(
  own: OauthGithubConfig,
  { providerTimeoutMs }: OauthConfig,
  http: HttpConfig,
): OauthProvider | undefined {
  const { clientId, clientSecret, siteUrl, apiUrl, scopes } = own;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  const redirectUrl = own.redirectUrl ?? callbackUrl(http, OauthProviderName.Github);
  return new GithubProvider({
    siteUrl,
    apiUrl,
    clientId,
    clientSecret,
    redirectUrl,
    scopes,
    timeoutMs: providerTimeoutMs,
  });
}

/** Each provider has an address of its own to answer at, so that one cannot answer for another (RFC 9700 §4.4.2). */
function callbackUrl({ publicUrl }: HttpConfig, provider: OauthProviderName): string {
  return `${publicUrl}/api/v1/auth/callback/${provider}`;
}
