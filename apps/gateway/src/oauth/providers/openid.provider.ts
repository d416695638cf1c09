import type { OauthProviderName } from '@app/contracts';
import * as openid from 'openid-client';
import { Discovered } from './discovered.js';
import type { FlowSecrets, OauthProvider, ProviderIdentity } from './oauth-provider.js';
import { emailOf, nameOf, subjectOf } from './person-fields.js';
import { ProviderAnswerError, toProviderError } from './provider-errors.js';
import { providerFetch } from './provider-fetch.js';

export interface OpenIdOptions {
  name: OauthProviderName;
  issuerUrl: string;
  clientId: string;
  authentication: openid.ClientAuth;
  redirectUrl: string;
  scopes: readonly string[];
  answersByPost: boolean;
  timeoutMs: number;
}

/**
 * A provider that speaks OpenID Connect: authorization code with PKCE (S256), state and nonce; `iss` of the answer
 * (RFC 9207) and of the id token are checked, and the token's signature, audience and times.
 */
export class OpenIdProvider implements OauthProvider {
  readonly name: OauthProviderName;
  readonly redirectUrl: string;
  readonly answersByPost: boolean;
  private readonly metadata: Discovered<openid.Configuration>;

  constructor(private readonly options: OpenIdOptions) {
    this.name = options.name;
    this.redirectUrl = options.redirectUrl;
    this.answersByPost = options.answersByPost;
    const fetched = providerFetch(options.issuerUrl);
    this.metadata = new Discovered(() => discover(options, fetched));
  }

  async authorizationUrl({ state, nonce, codeVerifier }: FlowSecrets): Promise<URL> {
    try {
      return openid.buildAuthorizationUrl(await this.metadata.get(), {
        redirect_uri: this.redirectUrl,
        scope: this.options.scopes.join(' '),
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        ...(this.answersByPost && { response_mode: 'form_post' }),
      });
    } catch (error) {
      throw toProviderError(error);
    }
  }

  async identify(answer: URLSearchParams, { state, nonce, codeVerifier }: FlowSecrets): Promise<ProviderIdentity> {
    try {
      const url = new URL(`${this.redirectUrl}?${answer.toString()}`);
      const tokens = await openid.authorizationCodeGrant(await this.metadata.get(), url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      return toIdentity(tokens.claims() ?? {}, answer);
    } catch (error) {
      throw toProviderError(error);
    }
  }
}

function discover(
  { issuerUrl, clientId, authentication, timeoutMs }: OpenIdOptions,
  fetched: openid.CustomFetch,
): Promise<openid.Configuration> {
  const issuer = new URL(issuerUrl);
  // The metadata could name any algorithm, `none` too: it is the one both providers sign with (RFC 8725 §3.1).
  const client = { id_token_signed_response_alg: 'RS256' };
  return openid.discovery(issuer, clientId, client, authentication, {
    timeout: timeoutMs / 1_000,
    [openid.customFetch]: fetched,
    execute: [
      // OpenID Connect Core 3.1.3.7 would let TLS stand for the signature.
      openid.enableNonRepudiationChecks,
      // The configuration takes http for servers on this machine only, and never where it is deployed.
      // oxlint-disable-next-line typescript/no-deprecated -- marked so that it stands out, says its documentation
      ...(issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
    ],
  });
}

function toIdentity(claims: Readonly<Record<string, unknown>>, answer: URLSearchParams): ProviderIdentity {
  const subject = subjectOf(claims['sub']);
  if (subject === undefined) throw new ProviderAnswerError('no subject');
  return {
    subject,
    email: emailOf(claims['email']),
    // Apple wrote it as a text for years.
    isEmailVerified: claims['email_verified'] === true || claims['email_verified'] === 'true',
    name: nameOf(claims['name']) ?? nameBeside(answer),
  };
}

/**
 * The name that Apple posts beside its first answer and never again. The browser could have changed it, so nothing
 * else is read there: the address is that of the signed id token.
 */
function nameBeside(answer: URLSearchParams): string | undefined {
  try {
    const user = JSON.parse(answer.get('user') ?? 'null') as { name?: { firstName?: unknown; lastName?: unknown } };
    return nameOf(user.name?.firstName, user.name?.lastName);
  } catch {
    return undefined;
  }
}
