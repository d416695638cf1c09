/**
 * Revocations that were not visible at the last look, and where to look from next time. A transaction that has not
 * committed yet has an id of at least the snapshot's xmin, so the windows of two looks overlap just as far as needed:
 * no row is missed, however late its transaction commits.
 * $1 `next` of the look before, '0' for everything.
 */
export const readRevocations = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS next,
         (SELECT coalesce(json_agg(json_build_object(
                   'kind', kind,
                   'subjectId', subject_id,
                   'revokedAt', extract(epoch FROM revoked_at) * 1000,
                   'expiresAt', extract(epoch FROM expires_at) * 1000)), '[]')
            FROM revocations
           WHERE transaction_id >= $1::xid8 AND expires_at > now()) AS rows`;
