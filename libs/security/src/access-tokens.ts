import type { KeyObject } from 'node:crypto';
import { AppError, isId, UserRole } from '@app/contracts';
import type { SigningAlgorithm, SigningKeys } from './signing-keys.js';

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
  keys: SigningKeys;
  issuer: string;
  audience: string;
  ttlMs: number;
}

/** Tells access tokens from any other JWT that the same key may sign (RFC 8725 §3.11): a claim. */
const TYPE = 'access';

/** The same in the header, in the words of RFC 9068 §2.1. */
const HEADER_TYPE = 'at+jwt';

/** Clocks of replicas differ: a token that one has just issued must not be "not yet valid" for another. */
const NOT_BEFORE_MARGIN_S = 5;

const roles: readonly unknown[] = Object.values(UserRole);

/** Issues and verifies access tokens: JSON Web Tokens (RFC 7519) with a fixed algorithm (RFC 8725 §3.1). */
export class AccessTokens {
  /** What the library checks besides the signature; the key is chosen by `keyOf`, the other claims by `claimsOf`. */
  readonly checks: { algorithms: SigningAlgorithm[]; issuer: string; audience: string };
  private readonly keys: SigningKeys;
  private readonly ttlS: number;

  constructor({ keys, issuer, audience, ttlMs }: AccessTokenOptions) {
    this.keys = keys;
    this.checks = { algorithms: [keys.algorithm], issuer, audience };
    this.ttlS = Math.floor(ttlMs / 1000);
  }

  /**
   * A signed token for somebody who has proved who they are.
   * @param nowMs when they did, in milliseconds since 1970
   */
  sign({ tokenId, userId, sessionId, email, roles: held }: AccessSubject, nowMs: number): AccessToken {
    const iat = Math.floor(nowMs / 1000);
    const exp = iat + this.ttlS;
    const { issuer, audience } = this.checks;
    const times = { iat, nbf: iat - NOT_BEFORE_MARGIN_S, exp };
    const registered = { iss: issuer, aud: audience, sub: userId, jti: tokenId, ...times };
    const claims = { ...registered, sid: sessionId, typ: TYPE, email, roles: held };
    return { token: this.keys.sign(claims, HEADER_TYPE), expiresAt: exp };
  }

  /**
   * The key to verify a token's signature with.
   * @throws AppError UNAUTHORIZED when the token is not in our form, is none for access, or names no key of ours
   */
  keyOf(token: string): KeyObject {
    const key = this.keys.keyOf(token, HEADER_TYPE);
    if (key === undefined) throw unauthorized();
    return key;
  }

  /**
   * @throws AppError UNAUTHORIZED, always in the same words: why a token is refused is nobody's business
   */
  verify(token: string): AccessClaims {
    const { issuer, audience } = this.checks;
    return this.claimsOf(this.keys.verify(token, { type: HEADER_TYPE, issuer, audience }));
  }

  /**
   * The claims of a payload whose signature and registered claims have been checked.
   * @throws AppError UNAUTHORIZED when it is no access token of ours
   */
  claimsOf(payload: unknown): AccessClaims {
    if (typeof payload !== 'object' || payload === null) throw unauthorized();
    const { typ, aud, sub, sid, jti, iat, nbf, exp, email, roles: held } = payload as Record<string, unknown>;
    // The library is content with a list that holds our audience; we never issue one.
    if (typ !== TYPE || aud !== this.checks.audience) throw unauthorized();
    if (!isId(sub) || !isId(sid) || !isId(jti) || typeof email !== 'string') throw unauthorized();
    if (!isTime(iat) || !isTime(nbf) || !isTime(exp) || !areRoles(held)) throw unauthorized();
    return { userId: sub, sessionId: sid, email, roles: held, tokenId: jti, issuedAt: iat, expiresAt: exp };
  }
}

/** The answer to every credential that is not good. */
export function unauthorized(cause?: unknown): AppError {
  return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message: 'A valid access token is needed.', cause });
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function areRoles(value: unknown): value is UserRole[] {
  return Array.isArray(value) && value.every((role) => roles.includes(role));
}
