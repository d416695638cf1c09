import { AuthConfig } from '@app/config';
import { newId, type RevocationKind } from '@app/contracts';
import type { Queryable } from '@app/database';
import { Injectable } from '@nestjs/common';
import { RevocationFeed } from './revocation-feed.js';

/** A revocation is kept until well after the last access token, and the last copy of an API key, that it is about. */
export const REVOCATION_MARGIN_MS = 600_000;

/** Takes back what was issued: access tokens of a session, everything a user was issued so far, an API key. */
@Injectable()
export class RevocationsService {
  constructor(
    private readonly config: AuthConfig,
    private readonly feed: RevocationFeed,
  ) {}

  /**
   * Writes to the feed that every gateway reads; `db` is the transaction of what is behind it.
   * @returns to be called after the commit: from then on this gateway refuses, the others within a second
   */
  async revoke(db: Queryable, kind: RevocationKind, subjectIds: readonly string[]): Promise<() => void> {
    const lifetime = this.config.accessTokenTtlMs + REVOCATION_MARGIN_MS;
    await db.query(insertRevocations, [subjectIds.map(() => newId()), kind, subjectIds, lifetime]);
    return () => {
      const revokedAt = Date.now();
      for (const subjectId of subjectIds) {
        this.feed.add({ kind, subjectId, revokedAt, expiresAt: revokedAt + lifetime });
      }
    };
  }
}

const insertRevocations = `
INSERT INTO revocations (id, kind, subject_id, expires_at)
SELECT id, $2, subject_id, now() + $4 * interval '1 millisecond' FROM unnest($1::uuid[], $3::uuid[]) AS t (id, subject_id)`;
