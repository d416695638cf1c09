import { OauthConfig } from '@app/config';
import {
  AppError,
  AuditOutcome,
  type ExchangeOauthDto,
  type OauthError,
  type SignInOauthQuery,
  type SignedInDto,
} from '@app/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import { SessionsService } from '../auth/sessions/sessions.service.js';
import type { Device } from '../http/device.decorator.js';
import { UsersService } from '../users/users.service.js';
import { browserCookie, giveCookie, hasCookie } from './flow/browser-cookie.js';
import { ExchangeCodes } from './flow/exchange-codes.js';
import { PendingFlows, type PendingFlow } from './flow/pending-flows.js';
import { Refusal } from './flow/refusal.js';
import { chooseReturnUrl, withOutcome } from './flow/return-url.js';
import { OauthAccountsService } from './identities/oauth-accounts.service.js';
import type { OauthProvider } from './providers/oauth-provider.js';
import { OauthProviders } from './providers/oauth-providers.js';
import { AccessDeniedError, ProviderAnswerError, ProviderAwayError } from './providers/provider-errors.js';

/** What a browser came back with. */
export interface Callback {
  answer: URLSearchParams;
  /** Its `Cookie` header. */
  cookies: string | undefined;
  device: Device;
}

/** Where a browser goes next, and the cookie it takes along. */
export interface Departure {
  url: string;
  cookie: string;
}

/** Signing in with an account at a provider: authorization code with PKCE (RFC 6749, 7636, 9700). */
@Injectable()
export class OauthService {
  private readonly logger = new Logger(OauthService.name);

  constructor(
    private readonly config: OauthConfig,
    private readonly providers: OauthProviders,
    private readonly flows: PendingFlows,
    private readonly codes: ExchangeCodes,
    private readonly accounts: OauthAccountsService,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly pool: Pool,
    private readonly audit: AuditService,
  ) {}

  /**
   * The way to the provider. When that is away, the way back with an error.
   * @throws AppError NOT_FOUND, VALIDATION_FAILED
   */
  async begin(name: string, query: SignInOauthQuery, cookies: string | undefined): Promise<Departure> {
    const provider = this.providers.find(name);
    const returnUrl = chooseReturnUrl(this.config.returnUrls, query.return_url);
    const { header: cookie, hash: browserHash } = giveCookie(browserCookie(provider), cookies);
    const intent = { kind: 'sign_in', browserHash } as const;
    const { invitation } = query;
    const flow = { provider: provider.name, intent, returnUrl, codeChallenge: query.code_challenge, invitation };
    const secrets = await this.flows.begin(flow);
    try {
      return { url: (await provider.authorizationUrl(secrets)).href, cookie };
    } catch (error) {
      return { url: withOutcome(returnUrl, { error: this.reasonOf(error, provider) }), cookie };
    }
  }

  /**
   * The way back, with a one-time code or an error.
   * @throws AppError BAD_REQUEST when the answer belongs to nothing that was begun here a moment ago
   */
  async finish(provider: OauthProvider, callback: Callback): Promise<string> {
    const states = callback.answer.getAll('state');
    const [state] = states;
    const flow = state === undefined || states.length > 1 ? undefined : await this.flows.take(provider.name, state);
    if (flow === undefined) throw unknownState();
    try {
      return withOutcome(flow.returnUrl, { code: await this.codeFor(provider, flow, callback) });
    } catch (error) {
      const reason = this.reasonOf(error, provider);
      await this.recordRefusal(reason, error, flow, callback.device);
      return withOutcome(flow.returnUrl, { error: reason });
    }
  }

  /** @throws AppError UNAUTHORIZED */
  async exchange({ code, code_verifier }: ExchangeOauthDto, device: Device): Promise<SignedInDto> {
    const { userId, provider } = await this.codes.redeem('sign_in', code, code_verifier);
    const tokens = await this.sessions.start({ userId, method: provider, device });
    return { user: await this.users.find(userId), tokens };
  }

  private async codeFor(provider: OauthProvider, flow: PendingFlow, callback: Callback): Promise<string> {
    const { answer, cookies, device } = callback;
    const { intent, codeChallenge, invitation, secrets } = flow;
    if (intent.kind === 'sign_in' && !hasCookie(browserCookie(provider), cookies, intent.browserHash)) {
      throw new Refusal('browser_mismatch');
    }
    const identity = await provider.identify(answer, secrets);
    const proved = { ...identity, provider: provider.name, invitation };
    const grant =
      intent.kind === 'link'
        ? { ...intent, provider: provider.name, identity }
        : { kind: intent.kind, provider: provider.name, userId: await this.accounts.signIn(proved, device) };
    return this.codes.issue(grant, codeChallenge);
  }

  /** What the browser is told, and the operator: only codes, no answer of the provider. What is a bug is thrown on. */
  private reasonOf(error: unknown, { name }: OauthProvider): OauthError {
    if (error instanceof Refusal) return error.reason;
    if (error instanceof AccessDeniedError) return 'access_denied';
    if (error instanceof ProviderAwayError) {
      this.logger.warn(`${name} does not answer: ${error.message}`);
      return 'provider_unavailable';
    }
    if (error instanceof ProviderAnswerError) {
      this.logger.warn(`What ${name} answered does not hold: ${error.message}`);
      return 'provider_error';
    }
    throw error;
  }

  /** A person who changed their mind, or a provider that is away, is nothing to remember. */
  private async recordRefusal(reason: OauthError, error: unknown, flow: PendingFlow, device: Device): Promise<void> {
    if (reason === 'access_denied' || reason === 'provider_unavailable') return;
    const aboutId = error instanceof Refusal ? error.userId : undefined;
    await this.audit.record(this.pool, {
      action: 'oauth.refused',
      actor: flow.intent.kind === 'link' ? { userId: flow.intent.userId } : undefined,
      device,
      outcome: AuditOutcome.Denied,
      subject: aboutId === undefined ? undefined : { type: 'user', id: aboutId },
      details: { provider: flow.provider, reason },
    });
  }
}

function unknownState(): AppError {
  const message = 'This sign-in has ended, or has taken longer than ten minutes. Begin again.';
  return new AppError({ code: 'BAD_REQUEST', kind: 'user', message });
}
