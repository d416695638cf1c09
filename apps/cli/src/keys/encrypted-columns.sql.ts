import type { EncryptedColumn } from './encrypted-columns.js';

/** Where the id of a ciphertext's key has ended: `v1.`, at most 32 characters of it, and a dot. */
const PREFIX_CHARACTERS = 36;

/** So much of a ciphertext says which key it is under. PostgreSQL reads no more of one that it keeps outside of the row. */
const prefixOf = ({ sealed }: EncryptedColumn): string => `left(${sealed}, ${PREFIX_CHARACTERS})`;

/** A row with a ciphertext. */
export interface SealedRow {
  id: string;
  sealed: string;
  /** What it belongs to. */
  owner: unknown;
}

const selection = ({ table, sealed, owner }: EncryptedColumn): string => `
SELECT t.id, ${sealed} AS sealed, ${owner} AS owner
FROM ${table} t WHERE t.id > $1 AND ${sealed} IS NOT NULL`;

/**
 * The next ciphertexts that are not under a key. There is no index for this: the rows that are skipped are read once in each
 * pass, 100,000 of them in some tens of milliseconds. $1 id to go on after, $2 prefix of the key, $3 most rows.
 */
export const otherKeysSql = (column: EncryptedColumn): string => `${selection(column)}
  AND NOT starts_with(${prefixOf(column)}, $2) ORDER BY t.id LIMIT $3`;

/** The next ciphertexts. $1 id to go on after, $2 most rows. */
export const allKeysSql = (column: EncryptedColumn): string => `${selection(column)} ORDER BY t.id LIMIT $2`;

/**
 * Puts ciphertexts in the place of others.
 *
 * Guarantees: only where the one that was opened still is, so that whatever somebody else writes meanwhile stays. It waits for
 * nobody (rows that somebody holds are left for the next pass) and so can neither hang nor be part of a deadlock; two rotations
 * at once share the work. The row's version stays: for its owner nothing has changed. $1 ids, $2 ciphertexts that were read, $3 those
 * to put in their place.
 */
export const replaceSealedSql = (column: EncryptedColumn): string => `
WITH held AS (
  SELECT t.id, n.read, n.fresh
  FROM ${column.table} t JOIN unnest($1::uuid[], $2::text[], $3::text[]) AS n (id, read, fresh) ON n.id = t.id
  WHERE ${column.sealed} = n.read
  FOR NO KEY UPDATE OF t SKIP LOCKED
)
UPDATE ${column.table} t SET ${column.assignment}
FROM held h WHERE t.id = h.id AND ${column.sealed} = h.read`;

/** How many ciphertexts are under which key; an empty id: they are of no form that we know. */
export const keyCountsSql = (column: EncryptedColumn): string => `
SELECT coalesce(substring(${prefixOf(column)} from '^v1\\.([A-Za-z0-9_-]+)\\.'), '') AS key, count(*)::int AS count
FROM ${column.table} t WHERE ${column.sealed} IS NOT NULL GROUP BY 1 ORDER BY 1`;
