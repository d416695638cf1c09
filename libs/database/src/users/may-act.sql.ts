/**
 * The condition under which an account may act: it is active, and so is the person whose machine it is. What a person
 * does is decided by the person's row alone, so the second row is read for machines only.
 * @param user the alias of a row of `users` in the statement, never a value
 */
export function mayAct(user: string): string {
  return `(${user}.is_active AND ${user}.deleted_at IS NULL
    AND (${user}.owner_id IS NULL OR EXISTS (
      SELECT FROM users owner WHERE owner.id = ${user}.owner_id AND owner.is_active AND owner.deleted_at IS NULL)))`;
}

/**
 * The condition under which something may act for an account without the person being there, such as a trigger or an
 * API key: it may act, and nobody has asked for its deletion. People still sign in during the grace period.
 * @param user the alias of a row of `users` in the statement, never a value
 */
export function mayActAlone(user: string): string {
  return `(${mayAct(user)} AND ${user}.deletion_due_at IS NULL
    AND (${user}.owner_id IS NULL OR EXISTS (
      SELECT FROM users owner WHERE owner.id = ${user}.owner_id AND owner.deletion_due_at IS NULL)))`;
}
