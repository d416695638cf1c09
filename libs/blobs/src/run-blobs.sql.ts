/**
 * Says that a blob is about to be written, for a run that may not be there yet. No row when the account would keep more
 * than it may, with all its machines: $5 bytes, 0 = no limit. Blobs that are written at the same moment do not see one
 * another, so an account may be past its quota by as many of them as it writes at once.
 *
 * A blob that several runs of the account share counts once; one that is about to be removed no longer does.
 *
 * $1 blob, $2 run, $3 account, $4 bytes.
 */
export const reserveBlobSql = `
INSERT INTO run_blobs (id, run_id, user_id, bytes)
SELECT $1, $2, $3, $4
WHERE $5::bigint = 0 OR $4::int + ${bytesOf('$3')} <= $5`;

/** Bytes that an account keeps, with all its machines. $1 account. */
export const keptBytesSql = `SELECT ${bytesOf('$1')} AS bytes`;

function bytesOf(account: string): string {
  return `(
  SELECT coalesce(sum(bytes), 0)::float8 FROM (
    SELECT DISTINCT b.id, b.bytes
    FROM users a
    JOIN users u ON u.id = coalesce(a.owner_id, a.id) OR u.owner_id = coalesce(a.owner_id, a.id)
    JOIN run_blobs b ON b.user_id = u.id AND b.status <> 'doomed'
    WHERE a.id = ${account}::uuid
  ) AS kept
)`;
}
