import { AccessTokens, type AccessClaims } from '@app/security';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

/** Where a request carries its access token. */
export const bearerToken = ExtractJwt.fromAuthHeaderAsBearerToken();

/**
 * Verifies the access token of a request: signature, algorithm, issuer, audience, times and type. Nothing else, because
 * passport keeps one registry of strategies for the whole process: what differs between gateways is asked by the guard.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly tokens: AccessTokens) {
    const { key, ...checks } = tokens.verification;
    // passport-jwt hands the key to jsonwebtoken, which takes a KeyObject; only the type of passport-jwt is older.
    super({ ...checks, jwtFromRequest: bearerToken, secretOrKey: key as unknown as Buffer });
  }

  /** Called with a payload whose signature, issuer, audience and times are good. */
  validate(payload: unknown): AccessClaims {
    return this.tokens.claimsOf(payload);
  }
}
