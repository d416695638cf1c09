import type { Invited } from './invited.js';

/** An invitation that is open. */
export interface InvitationRow {
  id: string;
  payload: Invited;
  expires_at: Date;
  created_at: Date;
}

/** A row when an address has an account, in whatever case it is written. $1 address. */
export const findAccountOf = 'SELECT FROM users WHERE lower(email) = lower($1)';

/** A row when a person is an administrator who may sign in. $1 user. */
export const findAdmin = `
  SELECT FROM users WHERE id = $1 AND 'admin' = ANY (roles) AND is_active AND deleted_at IS NULL`;

const open = `purpose = 'invitation' AND used_at IS NULL`;

/** Withdraws what an address was invited with before: the newest invitation is the one that counts. $1 address. */
export const removeEarlier = `DELETE FROM one_time_tokens WHERE ${open} AND lower(payload->>'email') = lower($1)`;

/**
 * Adds an invitation, whose token nobody has yet: see the email worker.
 * $1 id, $2 hash of a token that was thrown away, $3 payload, $4 lifetime in ms.
 */
export const insertInvitation = `
  INSERT INTO one_time_tokens (id, purpose, token_hash, payload, expires_at)
  VALUES ($1, 'invitation', $2, $3, now() + $4 * interval '1 millisecond')
  RETURNING id, payload, expires_at, created_at`;

/** The newest first. $1 how many, $2 how many to skip, $3 the id to start after, or null. */
export const listInvitations = `
  SELECT id, payload, expires_at, created_at FROM one_time_tokens
   WHERE ${open} AND ($3::uuid IS NULL OR id < $3)
   ORDER BY id DESC LIMIT $1 OFFSET $2`;

/** How many there are, up to a limit. $1 limit. */
export const countInvitations = `
  SELECT count(*)::int AS count FROM (SELECT FROM one_time_tokens WHERE ${open} LIMIT $1) AS counted`;

/** Withdraws an invitation. No row when it was used or withdrawn before. $1 id. */
export const removeInvitation = `DELETE FROM one_time_tokens WHERE id = $1 AND ${open}`;
