import type { KeyObject } from 'node:crypto';
import { AccessTokens, type AccessClaims } from '@app/security';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy, type SecretOrKeyProvider } from 'passport-jwt';
import { bearerToken } from './bearer-token.js';

/**
 * Verifies the access token of a request: form, key, signature, algorithm, issuer, audience, times and type. Nothing
 * else, because passport keeps one registry of strategies for the whole process: what differs between gateways is asked
 * by the guard.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly tokens: AccessTokens) {
    super({ ...tokens.checks, jwtFromRequest: bearerToken, secretOrKeyProvider: keyProvider(tokens) });
  }

  /** Called with a payload whose signature, issuer, audience and times are good. */
  validate(payload: unknown): AccessClaims {
    return this.tokens.claimsOf(payload);
  }
}

/** Asked before the library reads the token: what is not in our strict form never reaches it. */
function keyProvider(tokens: AccessTokens): SecretOrKeyProvider {
  return (_request, token: string, done) => {
    let key: KeyObject;
    try {
      key = tokens.keyOf(token);
    } catch (error) {
      done(error);
      return;
    }
    // passport-jwt hands the key to jsonwebtoken, which takes a KeyObject; only the type of passport-jwt is older.
    done(null, key as unknown as Buffer);
  };
}
