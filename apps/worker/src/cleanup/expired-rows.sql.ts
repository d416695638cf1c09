/**
 * Fires of so long ago that no backfill can ask for them: it may go 90 days back, and what was fired since is remembered, so
 * that no scheduled time starts two runs. One that waits for its turn stays.
 */
const pastFires = `
DELETE FROM schedule_fires WHERE (workflow_id, scheduled_for) IN (
  SELECT workflow_id, scheduled_for FROM schedule_fires
  WHERE scheduled_for < now() - interval '92 days' AND status <> 'queued'
  ORDER BY scheduled_for LIMIT $1 FOR UPDATE SKIP LOCKED
)`;

/**
 * What nobody can use any more, by the table it is in. Each statement takes a part; another one that holds a row at the
 * moment keeps it until the next time. $1 most rows.
 */
export const expiredRows = {
  sessions: expired('sessions'),
  one_time_tokens: expired('one_time_tokens'),
  revocations: expired('revocations'),
  idempotency_keys: expired('idempotency_keys'),
  schedule_fires: pastFires,
  // An event that comes again after a day is another one.
  seen_events: `
DELETE FROM seen_events WHERE (user_id, key) IN (
  SELECT user_id, key FROM seen_events WHERE seen_at < now() - interval '24 hours'
  ORDER BY seen_at LIMIT $1 FOR UPDATE SKIP LOCKED
)`,
  // Deliveries are deduplicated for 24 hours: an older row is overwritten like one that is not there.
  seen_deliveries: `
DELETE FROM seen_deliveries WHERE (workflow_id, key) IN (
  SELECT workflow_id, key FROM seen_deliveries WHERE seen_at < now() - interval '24 hours'
  ORDER BY seen_at LIMIT $1 FOR UPDATE SKIP LOCKED
)`,
  // The events themselves are kept for as long.
  event_deliveries: `
DELETE FROM event_deliveries WHERE id IN (
  SELECT id FROM event_deliveries WHERE created_at < now() - interval '30 days'
  ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
)`,
  // Its revisions go with it.
  content: `
DELETE FROM content WHERE id IN (
  SELECT id FROM content WHERE deleted_at < now() - interval '30 days'
  ORDER BY deleted_at LIMIT $1 FOR UPDATE SKIP LOCKED
)`,
  provider_pauses: `
DELETE FROM provider_pauses WHERE (user_id, account) IN (
  SELECT user_id, account FROM provider_pauses WHERE until < now() ORDER BY until LIMIT $1 FOR UPDATE SKIP LOCKED
)`,
  // No rate counts longer than a day. A key that is not used for a week counts as one that never was.
  rate_starts: `
DELETE FROM rate_starts WHERE (workflow_id, key, at) IN (
  SELECT workflow_id, key, at FROM rate_starts WHERE at < now() - interval '8 days'
  ORDER BY at LIMIT $1 FOR UPDATE SKIP LOCKED
)`,
  // An unfinished run reads the results of its jobs whenever it is claimed, so they stay as long as it has a claim.
  jobs: `
DELETE FROM jobs WHERE id IN (
  SELECT j.id FROM jobs j
  WHERE j.status IN ('succeeded', 'failed', 'cancelled', 'in_doubt') AND j.updated_at < now() - interval '30 days'
    AND NOT EXISTS (SELECT FROM claims c WHERE c.run_id = j.run_id)
  ORDER BY j.updated_at LIMIT $1 FOR UPDATE OF j SKIP LOCKED
)`,
} as const;
export type ExpiringTable = keyof typeof expiredRows;

function expired(table: string): string {
  return `
DELETE FROM ${table} WHERE id IN (
  SELECT id FROM ${table} WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
)`;
}
