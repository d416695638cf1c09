import { OauthConfig } from '@app/config';
import {
  AppError,
  type OauthCodeDto,
  type OauthIdentityDto,
  type OauthRedirectDto,
  type StartOauthDto,
} from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { sessionOf, type Caller } from '../http/access/caller.js';
import type { Device } from '../http/device.decorator.js';
import { ExchangeCodes, unusableCode } from './flow/exchange-codes.js';
import { PendingFlows } from './flow/pending-flows.js';
import { chooseReturnUrl } from './flow/return-url.js';
import { OauthIdentitiesService } from './identities/oauth-identities.service.js';
import { OauthProviders } from './providers/oauth-providers.js';
import { ProviderAwayError } from './providers/provider-errors.js';

const RETRY_AFTER_S = 30;

/**
 * Adding an account at a provider to one's own. No cookie: the identity is added when the session that began it brings
 * the code back, so whoever gets another person's browser to go through with it gains nothing.
 */
@Injectable()
export class OauthLinkService {
  constructor(
    private readonly config: OauthConfig,
    private readonly providers: OauthProviders,
    private readonly flows: PendingFlows,
    private readonly codes: ExchangeCodes,
    private readonly identities: OauthIdentitiesService,
  ) {}

  /** @throws AppError NOT_FOUND, VALIDATION_FAILED, SERVICE_UNAVAILABLE */
  async begin(name: string, { return_url, code_challenge }: StartOauthDto, caller: Caller): Promise<OauthRedirectDto> {
    const provider = this.providers.find(name);
    const secrets = await this.flows.begin({
      provider: provider.name,
      intent: { kind: 'link', userId: caller.userId, sessionId: sessionOf(caller) },
      returnUrl: chooseReturnUrl(this.config.returnUrls, return_url),
      codeChallenge: code_challenge,
    });
    try {
      return { authorization_url: (await provider.authorizationUrl(secrets)).href };
    } catch (error) {
      throw error instanceof ProviderAwayError ? away(error) : error;
    }
  }

  /** @throws AppError UNAUTHORIZED when the code is not this session's, CONFLICT */
  async finish({ code, code_verifier }: OauthCodeDto, caller: Caller, device: Device): Promise<OauthIdentityDto> {
    const grant = await this.codes.redeem('link', code, code_verifier);
    if (grant.userId !== caller.userId || grant.sessionId !== sessionOf(caller)) throw unusableCode();
    return this.identities.add(caller, { ...grant.identity, provider: grant.provider }, device);
  }
}

function away(cause: Error): AppError {
  const message = 'The provider does not answer. Try again later.';
  return new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: RETRY_AFTER_S, cause });
}
