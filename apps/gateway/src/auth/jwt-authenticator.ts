import { AccessTokens, unauthorized, type AccessClaims } from '@app/security';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy, type VerifiedCallback } from 'passport-jwt';
import type { Caller } from '../http/access/caller.js';
import { RevocationFeed } from './revocations/revocation-feed.js';
import { VerifiedTokens } from './verified-tokens.js';

const bearerToken = ExtractJwt.fromAuthHeaderAsBearerToken();

/**
 * Tells who is calling from the access token in the Authorization header, with passport's JWT strategy. passport's own
 * middleware stays out: it keeps one registry of strategies for the whole process and patches every request.
 */
@Injectable()
export class JwtAuthenticator {
  private readonly strategy: Strategy;
  private readonly verified = new VerifiedTokens();

  constructor(
    private readonly tokens: AccessTokens,
    private readonly revocations: RevocationFeed,
  ) {
    const { key, ...checks } = tokens.verification;
    // passport-jwt hands the key to jsonwebtoken, which takes a KeyObject; only the type of passport-jwt is older.
    const options = { ...checks, jwtFromRequest: bearerToken, secretOrKey: key as unknown as Buffer };
    this.strategy = new Strategy(options, (payload: unknown, done: VerifiedCallback) => this.judge(payload, done));
  }

  /** @throws AppError UNAUTHORIZED, in the same words whatever is wrong; SERVICE_UNAVAILABLE when nobody can tell */
  async authenticate(request: FastifyRequest): Promise<Caller> {
    const token = bearerToken(request);
    if (token === null) throw unauthorized();
    const claims = this.verified.find(token, Date.now()) ?? (await this.verify(request));
    if (await this.revocations.isRevoked(claims)) throw unauthorized();
    this.verified.add(token, claims);
    const { userId, sessionId, email, roles } = claims;
    return { userId, sessionId, email, roles };
  }

  private verify(request: FastifyRequest): Promise<AccessClaims> {
    return new Promise((resolve, reject) => {
      const refuse = () => reject(unauthorized());
      const outcomes = { success: resolve, fail: refuse, error: reject };
      // A strategy reports by calling methods of itself, so each request has its own, as in passport.
      const attempt = Object.assign(Object.create(this.strategy) as Strategy, outcomes);
      attempt.authenticate(request as never);
    });
  }

  /** Called with a payload whose signature, issuer, audience and times are good. */
  private judge(payload: unknown, done: VerifiedCallback): void {
    try {
      done(null, this.tokens.claimsOf(payload));
    } catch (error) {
      done(error);
    }
  }
}
