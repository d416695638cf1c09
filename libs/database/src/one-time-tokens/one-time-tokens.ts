import { newId, type OneTimeTokenPurpose } from '@app/contracts';
import { hashToken, newToken } from '@app/security';
import type { Pool, PoolClient } from 'pg';

export interface NewOneTimeToken {
  purpose: OneTimeTokenPurpose;
  /** Whom it is about; absent where nobody is known yet. */
  userId?: string | undefined;
  /** What the one who brings it back is told, by us. */
  payload?: Record<string, unknown> | undefined;
  ttlMs: number;
}

/** A token that was brought back in time, for the first time. */
export interface UsedOneTimeToken {
  id: string;
  userId: string | undefined;
  payload: Record<string, unknown>;
}

type Db = Pick<Pool | PoolClient, 'query'>;

/**
 * Makes a token that is good once, for one purpose and for `ttlMs`. Only its hash is stored.
 * @returns the token, 43 characters of base64url
 */
export async function issueOneTimeToken(db: Db, { purpose, userId, payload, ttlMs }: NewOneTimeToken): Promise<string> {
  const token = newToken();
  const values = [newId(), userId ?? null, purpose, hashToken(token), JSON.stringify(payload ?? {}), ttlMs];
  await db.query(insertToken, values);
  return token;
}

/**
 * Gives a row that nobody has used yet another token and its whole time anew; the token before stops working.
 * @param id the row
 * @returns the token; undefined when there is no such row, or it was used
 */
export async function renewOneTimeToken(
  db: Db,
  { purpose, id, ttlMs }: { purpose: OneTimeTokenPurpose; id: string; ttlMs: number },
): Promise<string | undefined> {
  const token = newToken();
  const { rowCount } = await db.query(renewToken, [id, purpose, hashToken(token), ttlMs]);
  return rowCount === 1 ? token : undefined;
}

/** What a token is about that is still good, which it stays: for what is to be checked before it is used. */
export async function findOneTimeToken(
  db: Db,
  purpose: OneTimeTokenPurpose,
  token: string,
): Promise<UsedOneTimeToken | undefined> {
  return tokenRow(db, findToken, purpose, token);
}

/**
 * Uses a token up: of any number of callers with the same one, one gets its row, the others undefined. So does whoever
 * brings one that has expired or is for another purpose.
 */
export async function useOneTimeToken(
  db: Db,
  purpose: OneTimeTokenPurpose,
  token: string,
): Promise<UsedOneTimeToken | undefined> {
  return tokenRow(db, useToken, purpose, token);
}

/** Makes every open token of a person for a purpose worthless: the password is set, the older links must not work. */
export async function voidOneTimeTokens(db: Db, purpose: OneTimeTokenPurpose, userId: string): Promise<void> {
  await db.query(voidTokens, [userId, purpose]);
}

interface TokenRow {
  id: string;
  user_id: string | null;
  payload: Record<string, unknown>;
}

async function tokenRow(
  db: Db,
  statement: string,
  purpose: OneTimeTokenPurpose,
  token: string,
): Promise<UsedOneTimeToken | undefined> {
  const { rows } = await db.query<TokenRow>(statement, [hashToken(token), purpose]);
  const [row] = rows;
  return row && { id: row.id, userId: row.user_id ?? undefined, payload: row.payload };
}

const insertToken = `
INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, payload, expires_at)
VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')`;

const renewToken = `
UPDATE one_time_tokens SET token_hash = $3, expires_at = now() + $4 * interval '1 millisecond', updated_at = now()
 WHERE id = $1 AND purpose = $2 AND used_at IS NULL`;

const findToken = `
SELECT id, user_id, payload FROM one_time_tokens
 WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()`;

const useToken = `
UPDATE one_time_tokens SET used_at = now(), updated_at = now()
 WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()
RETURNING id, user_id, payload`;

const voidTokens = `
UPDATE one_time_tokens SET used_at = now(), updated_at = now()
 WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL`;
