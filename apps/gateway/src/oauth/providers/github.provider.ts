import { OauthProviderName } from '@app/contracts';
import * as openid from 'openid-client';
import type { FlowSecrets, OauthProvider, ProviderIdentity } from './oauth-provider.js';
import { emailOf, nameOf, subjectOf } from './person-fields.js';
import { ProviderAnswerError, toProviderError } from './provider-errors.js';
import { providerFetch } from './provider-fetch.js';

export interface GithubOptions {
  siteUrl: string;
  apiUrl: string;
  clientId: string;
  clientSecret: string;
  redirectUrl: string;
  scopes: readonly string[];
  timeoutMs: number;
}

const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

/**
 * GitHub speaks OAuth 2 without OpenID Connect: there is no id token, so its API says who the person is and which of
 * their addresses is the first and verified.
 */
export class GithubProvider implements OauthProvider {
  readonly name = OauthProviderName.Github;
  readonly redirectUrl: string;
  readonly answersByPost = false;
  private readonly client: openid.Configuration;

  constructor(private readonly options: GithubOptions) {
    this.redirectUrl = options.redirectUrl;
    this.client = configure(options);
  }

  async authorizationUrl({ state, codeVerifier }: FlowSecrets): Promise<URL> {
    return openid.buildAuthorizationUrl(this.client, {
      redirect_uri: this.redirectUrl,
      scope: this.options.scopes.join(' '),
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
  }

  async identify(answer: URLSearchParams, { state, codeVerifier }: FlowSecrets): Promise<ProviderIdentity> {
    try {
      const url = new URL(`${this.redirectUrl}?${answer.toString()}`);
      const checks = { expectedState: state, pkceCodeVerifier: codeVerifier };
      const { access_token } = await openid.authorizationCodeGrant(this.client, url, checks);
      const [user, emails] = await Promise.all([this.get(access_token, 'user'), this.get(access_token, 'user/emails')]);
      return toIdentity(user, emails);
    } catch (error) {
      throw toProviderError(error);
    }
  }

  /** What the API says, or undefined when it is not for this token: people may keep their addresses to themselves. */
  private async get(token: string, path: string): Promise<unknown> {
    const url = under(this.options.apiUrl, path);
    const response = await openid.fetchProtectedResource(this.client, token, url, 'GET', null, new Headers(headers));
    if (response.ok) return response.json();
    if (response.status === 403 || response.status === 404) return undefined;
    throw new ProviderAnswerError(`status ${response.status} of ${path}`);
  }
}

function configure({ siteUrl, apiUrl, clientId, clientSecret, timeoutMs }: GithubOptions): openid.Configuration {
  const server = {
    issuer: under(siteUrl, 'login/oauth').href,
    authorization_endpoint: under(siteUrl, 'login/oauth/authorize').href,
    token_endpoint: under(siteUrl, 'login/oauth/access_token').href,
  };
  const client = new openid.Configuration(server, clientId, {}, openid.ClientSecretPost(clientSecret));
  client.timeout = timeoutMs / 1_000;
  client[openid.customFetch] = providerFetch(siteUrl, apiUrl);
  // The configuration takes http for servers on this machine only, and never where it is deployed.
  // oxlint-disable-next-line typescript/no-deprecated -- marked so that it stands out, says its documentation
  if (siteUrl.startsWith('http:')) openid.allowInsecureRequests(client);
  return client;
}

function under(base: string, path: string): URL {
  return new URL(path, base.endsWith('/') ? base : `${base}/`);
}

function toIdentity(user: unknown, emails: unknown): ProviderIdentity {
  const { id, name, login } = fieldsOf(user);
  const subject = subjectOf(id);
  if (subject === undefined) throw new ProviderAnswerError('no user id');
  const primary = (Array.isArray(emails) ? emails : []).map(fieldsOf).find((entry) => entry['primary'] === true);
  return {
    subject,
    email: emailOf(primary?.['email']),
    isEmailVerified: primary?.['verified'] === true,
    name: nameOf(name) ?? nameOf(login),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
