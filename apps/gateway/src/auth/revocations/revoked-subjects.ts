import { RevocationKind } from '@app/contracts';

/** One row of the feed, times in milliseconds since 1970. */
export interface Revocation {
  kind: RevocationKind;
  subjectId: string;
  revokedAt: number;
  expiresAt: number;
}

/** What is revoked at the moment, in memory. A row that comes twice changes nothing. */
export class RevokedSubjects {
  private readonly revocations = new Map<string, Revocation>();

  add(revocation: Revocation): void {
    const key = `${revocation.kind}:${revocation.subjectId}`;
    const known = this.revocations.get(key);
    if (known === undefined || known.revokedAt < revocation.revokedAt) this.revocations.set(key, revocation);
  }

  /**
   * Whether an access token is no longer good: its session was ended, or it was issued before everything of its user
   * was revoked.
   * @param issuedAt seconds since 1970. The second of the revocation itself counts as before: rather one refresh too
   *   many than a token with rights that were taken away
   */
  includes({ sessionId, userId, issuedAt }: { sessionId: string; userId: string; issuedAt: number }): boolean {
    if (this.revocations.has(`${RevocationKind.Session}:${sessionId}`)) return true;
    const ofUser = this.revocations.get(`${RevocationKind.User}:${userId}`);
    return ofUser !== undefined && issuedAt * 1000 <= ofUser.revokedAt;
  }

  /** Forgets what is about tokens that have expired by themselves. */
  prune(now: number): void {
    for (const [key, { expiresAt }] of this.revocations) if (expiresAt < now) this.revocations.delete(key);
  }
}
