import { AppError } from '@app/contracts';
import { addToContext } from '@app/observability';
import { API_KEY_MARK, unauthorized, type AccessClaims } from '@app/security';
import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { Access } from '../http/access/access.decorators.js';
import { accessOf } from '../http/access/access-of.js';
import type { Caller } from '../http/access/caller.js';
import { whenThere, type NowOrLater } from '../http/now-or-later.js';
import { ApiKeyVerifier } from './api-keys/api-key-verifier.js';
import { bearerToken } from './bearer-token.js';
import { RevocationFeed } from './revocations/revocation-feed.js';
import { VerifiedTokens } from './verified-tokens.js';

/** Lets in whom a route is declared for, and nobody to a route that declares nothing. */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  private readonly verified = new VerifiedTokens();

  constructor(
    private readonly revocations: RevocationFeed,
    private readonly apiKeys: ApiKeyVerifier,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext): NowOrLater<boolean> {
    const access = accessOf(context.getHandler(), context.getClass());
    if (access === undefined) throw undeclared();
    if (access.who === 'everybody') return true;
    return whenThere(this.authenticate(context), (caller) => {
      context.switchToHttp().getRequest<FastifyRequest>().user = caller;
      addToContext({ userId: caller.userId });
      if (!isAllowed(access, caller)) throw forbidden();
      return true;
    });
  }

  /** What passport found: one answer to whatever is wrong with the token, what is wrong with us passes through. */
  override handleRequest<T>(error: unknown, claims: T | false | undefined): T {
    if (error instanceof Error) throw error;
    if (claims === false || claims === undefined) throw unauthorized();
    return claims;
  }

  /** @throws AppError UNAUTHORIZED, in the same words whatever is wrong; SERVICE_UNAVAILABLE when nobody can tell */
  private authenticate(context: ExecutionContext): NowOrLater<Caller> {
    const token = bearerToken(context.switchToHttp().getRequest<FastifyRequest>());
    if (token === null) throw unauthorized();
    if (token.startsWith(API_KEY_MARK)) return this.apiKeys.callerOf(token);
    const claims = this.verified.find(token, Date.now()) ?? this.verify(context);
    return whenThere(claims, (good) => this.callerOf(token, good));
  }

  private callerOf(token: string, claims: AccessClaims): NowOrLater<Caller> {
    return whenThere(this.revocations.isRevoked(claims), (isRevoked) => {
      if (isRevoked) throw unauthorized();
      this.verified.add(token, claims);
      const { userId, sessionId, email, roles } = claims;
      return { userId, email, roles, credential: { kind: 'session', sessionId } };
    });
  }

  /** Has passport verify the request's token; it leaves the claims where it always leaves what it found. */
  private async verify(context: ExecutionContext): Promise<AccessClaims> {
    await super.canActivate(context);
    return context.switchToHttp().getRequest<{ user: AccessClaims }>().user;
  }
}

function isAllowed(access: Exclude<Access, { who: 'everybody' }>, { roles, credential }: Caller): boolean {
  switch (access.who) {
    case 'signed_in':
      return credential.kind === 'session';
    case 'scope':
      return credential.kind === 'session' || credential.scopes.includes(access.scope);
    case 'roles':
      return credential.kind === 'session' && access.roles.some((role) => roles.includes(role));
  }
}

function undeclared(): AppError {
  return new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: 'This route does not say who may call it.' });
}

function forbidden(): AppError {
  return new AppError({
    code: 'FORBIDDEN',
    kind: 'user',
    message: 'This is not for your role, or not for this API key.',
  });
}
