import type { RevocationKind } from '@app/contracts';
import type { Revocation } from './revoked-subjects.js';

/** Whom a revocation may be about. */
export interface RevocationSubject {
  kind: RevocationKind;
  id: string;
}

/**
 * When this process learnt of which revocation, counted and not timed: whoever keeps a copy of a row notes the count
 * before reading it, and the copy is outdated by whatever was learnt since. What was learnt before had been committed
 * by then, so the row that was read shows it. No clock is compared with another.
 */
export class RevocationNews {
  private count = 0;
  /** The revocations that are known, and when they are forgotten: the feed brings the same row more than once. */
  private readonly known = new Map<string, number>();
  private readonly newest = new Map<string, { at: number; expiresAt: number }>();

  /** How many revocations this process has learnt of. */
  get position(): number {
    return this.count;
  }

  add({ kind, subjectId, revokedAt, expiresAt }: Revocation): void {
    const subject = keyOf({ kind, id: subjectId });
    const identity = `${subject}:${revokedAt}`;
    if (this.known.has(identity)) return;
    this.count += 1;
    this.known.set(identity, expiresAt);
    this.newest.set(subject, { at: this.count, expiresAt });
  }

  /** Whether anything was learnt about the subject after `position`. */
  isAbout(subject: RevocationSubject, position: number): boolean {
    const newest = this.newest.get(keyOf(subject));
    return newest !== undefined && newest.at > position;
  }

  /** Forgets revocations that have expired; no copy may be kept for as long as they were good. */
  prune(now: number): void {
    for (const [identity, expiresAt] of this.known) if (expiresAt < now) this.known.delete(identity);
    for (const [subject, { expiresAt }] of this.newest) if (expiresAt < now) this.newest.delete(subject);
  }
}

function keyOf({ kind, id }: RevocationSubject): string {
  return `${kind}:${id}`;
}
