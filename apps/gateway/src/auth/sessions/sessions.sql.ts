import { auditParameters, insertAuditEvent } from '@app/database';

/** Milliseconds within which the token before the newest one is refused without ending the session: a lost race. */
export const REUSE_GRACE_MS = 10_000;

/**
 * Starts a session for a person who may sign in; no row when they may not any more, or are a machine. The share lock
 * makes a change of roles and this statement happen one after the other, and `issued_at` is the time before it: a
 * token that says who the person was before the change is older than the revocation that comes with the change.
 * $1 id, $2 user, $3 hash of the access token's id, $4 hash of the refresh token, $5 lifetime in ms, $6 address, $7 agent, $8 method, $9 the
 * hash that the password was verified with, or null: it may have been replaced while that was at work; from $10 on its
 * audit event.
 */
export const startSession = `
  WITH owner AS (
    SELECT id, email, roles FROM users
     WHERE id = $2 AND kind = 'person' AND is_active AND deleted_at IS NULL
       AND ($9::text IS NULL OR password = $9)
       FOR SHARE
  ), started AS (
    INSERT INTO sessions (id, user_id, token_hash, refresh_token_hash, expires_at, ip_address, user_agent,
                          method, proved_by)
    SELECT $1, owner.id, $3, $4, now() + $5 * interval '1 millisecond', $6, $7, $8, $8 FROM owner
    RETURNING user_id
  ), audited AS (${insertAuditEvent} SELECT ${auditParameters(10)} FROM started)
  SELECT owner.id AS user_id, owner.email, owner.roles,
         extract(epoch FROM statement_timestamp()) * 1000 AS issued_at
    FROM owner JOIN started ON started.user_id = owner.id`;

/**
 * Exchanges the refresh token of a session: of any number of statements with the same token, one finds the row.
 * $1 session, $2 hash of the token that is exchanged, $3 hash of the new access token's id, $4 hash of the new refresh
 * token, $5 lifetime in ms, $6 the session's own in ms, from its beginning: no refresh goes beyond it.
 */
export const rotateSession = `
  WITH owner AS (
    SELECT id, email, roles FROM users
     WHERE id = (SELECT user_id FROM sessions WHERE id = $1) AND is_active AND deleted_at IS NULL
       FOR SHARE
  )
  UPDATE sessions
     SET token_hash = $3,
         refresh_token_hash = $4,
         previous_refresh_token_hash = $2,
         rotated_at = clock_timestamp(),
         last_used_at = now(),
         updated_at = now(),
         expires_at = least(now() + $5 * interval '1 millisecond', created_at + $6 * interval '1 millisecond')
    FROM owner
   WHERE sessions.id = $1
     AND sessions.user_id = owner.id
     AND sessions.refresh_token_hash = $2
     AND sessions.revoked_at IS NULL
     AND sessions.expires_at > now()
     AND sessions.created_at + $6 * interval '1 millisecond' > now()
  RETURNING owner.id AS user_id, owner.email, owner.roles,
            extract(epoch FROM statement_timestamp()) * 1000 AS issued_at`;

/**
 * Ends a session whose old refresh token came back. No row when the token is the newest, or was the newest until a
 * moment ago. $1 session, $2 hash of the token that came.
 */
export const endReusedSession = `
  UPDATE sessions SET revoked_at = now(), updated_at = now()
   WHERE id = $1
     AND revoked_at IS NULL
     AND refresh_token_hash <> $2
     AND NOT (previous_refresh_token_hash IS NOT DISTINCT FROM $2
              AND rotated_at > clock_timestamp() - ${REUSE_GRACE_MS} * interval '1 millisecond')
  RETURNING user_id`;

/** Ends one of a user's sessions. No row when there is no such session or it was ended before. $1 session, $2 user. */
export const endSession = `
  UPDATE sessions SET revoked_at = now(), updated_at = now()
   WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL`;

/** Ends a user's sessions. $1 user, $2 the session that goes on, or null. */
export const endSessions = `
  UPDATE sessions SET revoked_at = now(), updated_at = now()
   WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() AND id IS DISTINCT FROM $2::uuid
  RETURNING id`;
