import { AccessTokens, unauthorized } from '@app/security';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy, type VerifiedCallback } from 'passport-jwt';
import type { Caller } from '../http/access/caller.js';
import { RevocationFeed } from './revocations/revocation-feed.js';

/**
 * Tells who is calling from the access token in the Authorization header, with passport's JWT strategy. passport's own
 * middleware stays out: it keeps one registry of strategies for the whole process and patches every request.
 */
@Injectable()
export class JwtAuthenticator {
  private readonly strategy: Strategy;

  constructor(
    private readonly tokens: AccessTokens,
    private readonly revocations: RevocationFeed,
  ) {
    const { key, ...checks } = tokens.verification;
    const options = {
      ...checks,
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // passport-jwt hands it to jsonwebtoken, which takes a KeyObject; only the type of passport-jwt is older.
      secretOrKey: key as unknown as Buffer,
    };
    this.strategy = new Strategy(options, (payload: unknown, done: VerifiedCallback) => void this.judge(payload, done));
  }

  /** @throws AppError UNAUTHORIZED, in the same words whatever is wrong; SERVICE_UNAVAILABLE when nobody can tell */
  authenticate(request: FastifyRequest): Promise<Caller> {
    return new Promise((resolve, reject) => {
      const refuse = () => reject(unauthorized());
      const outcomes = { success: resolve, fail: refuse, error: reject };
      // A strategy reports by calling methods of itself, so each request has its own, as in passport.
      const attempt = Object.assign(Object.create(this.strategy) as Strategy, outcomes);
      attempt.authenticate(request as never);
    });
  }

  /** Called with a payload whose signature, issuer, audience and times are good. */
  private async judge(payload: unknown, done: VerifiedCallback): Promise<void> {
    try {
      done(null, await this.callerOf(payload));
    } catch (error) {
      done(error);
    }
  }

  private async callerOf(payload: unknown): Promise<Caller> {
    const claims = this.tokens.claimsOf(payload);
    if (await this.revocations.isRevoked(claims)) throw unauthorized();
    const { userId, sessionId, email, roles } = claims;
    return { userId, sessionId, email, roles };
  }
}
