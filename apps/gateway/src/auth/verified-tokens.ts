import type { AccessClaims } from '@app/security';

/** Clients keep a token for minutes: this many of them use theirs at the same time. */
const MOST = 10_000;

/**
 * Access tokens whose signature and claims were found good a moment ago, so that a client that sends the same token a
 * thousand times pays for one verification. Whether a token is revoked is not in here: that is asked each time.
 */
export class VerifiedTokens {
  private readonly tokens = new Map<string, AccessClaims>();

  /** The claims of a token that is still within its time. */
  find(token: string, nowMs: number): AccessClaims | undefined {
    const claims = this.tokens.get(token);
    return claims !== undefined && nowMs < claims.expiresAt * 1000 ? claims : undefined;
  }

  add(token: string, claims: AccessClaims): void {
    if (this.tokens.has(token)) return;
    if (this.tokens.size >= MOST) {
      // The oldest entry: a Map keeps the order in which keys were added.
      const [oldest] = this.tokens.keys();
      if (oldest !== undefined) this.tokens.delete(oldest);
    }
    this.tokens.set(token, claims);
  }
}
