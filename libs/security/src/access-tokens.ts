import { createSecretKey, type KeyObject } from 'node:crypto';
import { AppError, isId, UserRole } from '@app/contracts';
import jwt from 'jsonwebtoken';

/** Whom an access token speaks for. */
export interface AccessSubject {
  /** The token's own id (`jti`), a UUID. */
  tokenId: string;
  userId: string;
  sessionId: string;
  email: string;
  roles: readonly UserRole[];
}

/** What a verified token says. */
export interface AccessClaims extends AccessSubject {
  /** Seconds since 1970. */
  issuedAt: number;
  /** Seconds since 1970. */
  expiresAt: number;
}

export interface AccessToken {
  token: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

export interface AccessTokenOptions {
  /** At least 32 bytes (RFC 7518 §3.2). */
  secret: string;
  issuer: string;
  audience: string;
  ttlMs: number;
}

/** Tells access tokens from any other JWT that the same key may sign (RFC 8725 §3.11). */
const TYPE = 'access';

/** Clocks of replicas differ: a token that one has just issued must not be "not yet valid" for another. */
const NOT_BEFORE_MARGIN_S = 5;

const roles: readonly unknown[] = Object.values(UserRole);

/** Issues and verifies access tokens: JSON Web Tokens (RFC 7519), signed with HS256 and nothing else (RFC 8725 §3.1). */
export class AccessTokens {
  /** How a token's signature and registered claims are checked; what is left is for `claimsOf`. */
  readonly verification: { key: KeyObject; algorithms: ['HS256']; issuer: string; audience: string };
  private readonly ttlS: number;

  constructor({ secret, issuer, audience, ttlMs }: AccessTokenOptions) {
    // A KeyObject is parsed once; a text would be, for every token.
    const key = createSecretKey(Buffer.from(secret));
    this.verification = { key, algorithms: ['HS256'], issuer, audience };
    this.ttlS = Math.floor(ttlMs / 1000);
  }

  /**
   * A signed token for somebody who has proved who they are.
   * @param nowMs when they did, in milliseconds since 1970
   */
  sign({ tokenId, userId, sessionId, email, roles: held }: AccessSubject, nowMs: number): AccessToken {
    const iat = Math.floor(nowMs / 1000);
    const exp = iat + this.ttlS;
    const { key, issuer, audience } = this.verification;
    const times = { iat, nbf: iat - NOT_BEFORE_MARGIN_S, exp };
    const registered = { iss: issuer, aud: audience, sub: userId, jti: tokenId, ...times };
    const claims = { ...registered, sid: sessionId, typ: TYPE, email, roles: held };
    return { token: jwt.sign(claims, key, { algorithm: 'HS256' }), expiresAt: exp };
  }

  /**
   * @throws AppError UNAUTHORIZED, always in the same words: why a token is refused is nobody's business
   */
  verify(token: string): AccessClaims {
    const { key, algorithms, issuer, audience } = this.verification;
    return this.claimsOf(verified(() => jwt.verify(token, key, { algorithms, issuer, audience })));
  }

  /**
   * The claims of a payload whose signature and registered claims have been checked.
   * @throws AppError UNAUTHORIZED when it is no access token of ours
   */
  claimsOf(payload: unknown): AccessClaims {
    if (typeof payload !== 'object' || payload === null) throw unauthorized();
    const { typ, sub, sid, jti, iat, exp, email, roles: held } = payload as Record<string, unknown>;
    if (typ !== TYPE || !isId(sub) || !isId(sid) || !isId(jti) || typeof email !== 'string') throw unauthorized();
    if (typeof iat !== 'number' || typeof exp !== 'number' || !areRoles(held)) throw unauthorized();
    return { userId: sub, sessionId: sid, email, roles: held, tokenId: jti, issuedAt: iat, expiresAt: exp };
  }
}

/** The answer to every credential that is not good. */
export function unauthorized(cause?: unknown): AppError {
  return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message: 'A valid access token is needed.', cause });
}

function verified<T>(verify: () => T): T {
  try {
    return verify();
  } catch (cause) {
    throw unauthorized(cause);
  }
}

function areRoles(value: unknown): value is UserRole[] {
  return Array.isArray(value) && value.every((role) => roles.includes(role));
}
