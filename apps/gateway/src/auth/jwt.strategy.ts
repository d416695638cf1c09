import { AccessTokens, unauthorized } from '@app/security';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Caller } from '../http/access/caller.js';
import { RevocationFeed } from './revocations/revocation-feed.js';

/** Tells who is calling from the access token in the Authorization header. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly revocations: RevocationFeed,
  ) {
    const { key, ...checks } = tokens.verification;
    super({
      ...checks,
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // passport-jwt hands it to jsonwebtoken, which takes a KeyObject; only the type of passport-jwt is older.
      secretOrKey: key as unknown as Buffer,
    });
  }

  /** Called with a payload whose signature, issuer, audience and times are good. */
  async validate(payload: unknown): Promise<Caller> {
    const claims = this.tokens.claimsOf(payload);
    if (await this.revocations.isRevoked(claims)) throw unauthorized();
    const { userId, sessionId, email, roles } = claims;
    return { userId, sessionId, email, roles };
  }
}
