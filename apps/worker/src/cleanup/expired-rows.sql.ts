/**
 * What nobody can use any more, by the table it is in. Each statement takes a part; another one that holds a row at the
 * moment keeps it until the next time. $1 most rows.
 */
export const expiredRows = {
  sessions: expired('sessions'),
  one_time_tokens: expired('one_time_tokens'),
  revocations: expired('revocations'),
  idempotency_keys: expired('idempotency_keys'),
} as const;
export type ExpiringTable = keyof typeof expiredRows;

function expired(table: string): string {
  return `
DELETE FROM ${table} WHERE id IN (
  SELECT id FROM ${table} WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
)`;
}
