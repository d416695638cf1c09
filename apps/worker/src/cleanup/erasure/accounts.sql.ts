/**
 * Accounts that are due: their time of grace is over, or they were taken out of sight that long ago.
 * $1 grace in ms, $2 most accounts.
 */
export const dueAccountsSql = `
SELECT id FROM users WHERE deletion_due_at <= now()
UNION
SELECT id FROM users WHERE deleted_at <= now() - $1 * interval '1 millisecond'
LIMIT $2`;

/**
 * An account that is still due, its machines with it, held until the end of the transaction: from then on nobody can
 * sign in to it or withdraw. No row when its person did that first. $1 account, $2 grace in ms.
 */
export const beginErasureSql = `
WITH due AS (
  SELECT id FROM users
   WHERE id = $1 AND (deletion_due_at <= now() OR deleted_at <= now() - $2 * interval '1 millisecond')
     FOR UPDATE
),
ended AS (
  UPDATE users SET is_active = false, deleted_at = now(), version = version + 1, updated_at = now()
   WHERE (id IN (SELECT id FROM due) OR owner_id IN (SELECT id FROM due)) AND deleted_at IS NULL
)
SELECT users.id, coalesce(users.deleted_at, now()) AS ended_at, users.deleted_at IS NULL AS is_new FROM users
 WHERE users.id IN (SELECT id FROM due) OR users.owner_id IN (SELECT id FROM due)`;

/**
 * What was issued to the accounts so far is refused from now on, for longer than any of it is good: access tokens live a
 * day at most. $1 ids of the rows, $2 accounts.
 */
export const revokeAccountsSql = `
INSERT INTO revocations (id, kind, subject_id, expires_at)
SELECT id, 'user', account, now() + interval '25 hours' FROM unnest($1::uuid[], $2::uuid[]) AS t (id, account)`;

/** Whether runs of accounts are under way. $1 accounts. */
export const hasUnfinishedSql = `
SELECT EXISTS (
  SELECT FROM workflows w JOIN claims c ON c.workflow_id = w.id WHERE w.user_id = ANY ($1::uuid[])
) AS exists`;

/** The last of an account: with its row goes whatever refers to it. $1 account. */
export const removeAccountSql = 'DELETE FROM users WHERE id = $1';
