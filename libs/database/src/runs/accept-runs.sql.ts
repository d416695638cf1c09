import { mayAct, mayActAlone } from '../users/may-act.sql.js';
import { noBlobs, withBlobs, type BlobParts } from './accepted-blobs.sql.js';
import { dueSince } from './due-since.sql.js';
import { HOOK_PARAMETERS, noHooks, withHooks, type HookParts } from './verified-hooks.sql.js';

/**
 * Accepts a batch of runs: writes each run's row and its claim in one statement.
 *
 * Guarantees
 * - A run exists with its claim or not at all, and it pins the workflow's version as committed at this moment: nothing
 *   is cached, so an edit, a deletion or a deactivation that was acknowledged before is seen.
 * - A row whose workflow is missing, deleted, somebody else's or (when `needs_active`) inactive is not accepted; nor is
 *   one whose owner was deactivated, or (when `needs_active`) has asked for the account's deletion.
 * - Of the rows with one (workflow, dedupe key) one is accepted in 24 hours.
 * - A row of a hook's delivery is accepted only while the hook is what the delivery was verified with.
 * - A row whose input has to be checked is accepted only when it was, for the version that it is pinned to.
 * - A row with an Idempotency-Key is accepted together with the key's row and its answer, or not at all: of those with
 *   one key, one in 24 hours.
 * - Repeating the statement with the same ids changes nothing, also when a run of them is over by now.
 * - A run that is asked for in the name of a replica is claimed by it from the beginning, if it has not been declared dead:
 *   who dies later has its runs freed, whenever they were written.
 */
export const acceptRunsSql = statement(noHooks, noBlobs);

/**
 * The same for a batch with inputs in blob storage, which few have ($15): none is accepted whose input was swept meanwhile,
 * and the answer tells.
 */
export const acceptRunsWithBlobsSql = statement(noHooks, withBlobs(15));

/**
 * The same for a batch with deliveries of hooks, which say what they were verified with ($15 to $18): none is accepted when that
 * is no longer what is there.
 */
export const acceptHookRunsSql = statement(withHooks(15), noBlobs);

/** For a batch with both: the inputs are $19. */
export const acceptHookRunsWithBlobsSql = statement(withHooks(15), withBlobs(15 + HOOK_PARAMETERS));

function statement(hooks: HookParts, blobs: BlobParts): string {
  return `
WITH ${blobs.blobs}
incoming AS (
  SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::jsonb[], $5::jsonb[], $6::text[], $7::jsonb[], $8::boolean[], $9::text[],
    $10::jsonb[], $11::boolean[], $12::smallint[], $13::int[], $14::uuid[]${hooks.parameters}
  ) AS i (id, workflow_id, user_id, trigger, input, correlation_id, tags, needs_active, dedupe_key, keyed, watched, depth,
          checked_for, owner${hooks.columns})${hooks.incoming}
),
-- The workflow decides the version and how long the history is kept.
found AS MATERIALIZED (
  SELECT i.*, w.version, w.retention, ${dueSince('w')} AS run_at,
         i.checked_for IS NOT NULL AND i.checked_for <> w.version AND w.config ? 'input_schema' AS is_unchecked${blobs.found}
  FROM incoming i
  JOIN workflows w ON w.id = i.workflow_id AND w.user_id = i.user_id AND w.deleted_at IS NULL
  JOIN users u ON u.id = w.user_id AND ${mayAct('u')}
  WHERE (NOT i.needs_active OR (w.status = 'active' AND ${mayActAlone('u')}))${hooks.found}
),
known AS MATERIALIZED (
  SELECT * FROM found WHERE NOT is_unchecked ${blobs.known}
),
-- One delivery of a kind in 24 hours; an older one is overwritten. Waits for a concurrent holder of the same key.
seen AS (
  INSERT INTO seen_deliveries AS s (workflow_id, key, run_id, seen_at)
  SELECT DISTINCT ON (workflow_id, dedupe_key) workflow_id, dedupe_key, id, now()
  FROM known WHERE dedupe_key IS NOT NULL
  ORDER BY workflow_id, dedupe_key, id
  ON CONFLICT (workflow_id, key) DO UPDATE SET run_id = excluded.run_id, seen_at = excluded.seen_at
    WHERE s.seen_at < now() - interval '24 hours'
  RETURNING run_id
),
-- The same for Idempotency-Keys, after all deliveries: two batches never hold what the other waits for.
answered AS (
  INSERT INTO idempotency_keys AS a
    (id, principal_id, method, route, key, request_hash, response_status, response_body, run_id, expires_at)
  SELECT DISTINCT ON (r.principal_id, r.method, r.route, r.key)
         k.id, r.principal_id, r.method, r.route, r.key, r.hash, 202, to_jsonb(r.answer), k.id, now() + interval '24 hours'
  FROM known k
  CROSS JOIN jsonb_to_record(k.keyed)
    AS r (principal_id uuid, method text, route text, key text, hash text, answer text)
  WHERE k.keyed IS NOT NULL AND (SELECT count(*) FROM seen) >= 0
  ORDER BY r.principal_id, r.method, r.route, r.key, k.id
  ON CONFLICT (principal_id, method, route, key) DO UPDATE SET
    id = excluded.id, request_hash = excluded.request_hash, response_status = excluded.response_status,
    response_headers = NULL, response_body = excluded.response_body, run_id = excluded.run_id,
    expires_at = excluded.expires_at, updated_at = now()
    WHERE a.expires_at < now()
  RETURNING run_id
),
fresh AS MATERIALIZED (
  SELECT * FROM known k
  WHERE (k.dedupe_key IS NULL OR k.id IN (SELECT run_id FROM seen))
    AND (k.keyed IS NULL OR k.id IN (SELECT run_id FROM answered))
),
run AS (
  INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger, input, correlation_id, tags, depth${blobs.column})
  SELECT id, retention, workflow_id, version, user_id, trigger, input, correlation_id,
         ARRAY(SELECT jsonb_array_elements_text(tags)), depth${blobs.value}
  FROM fresh
  ON CONFLICT DO NOTHING
  RETURNING id, retention, workflow_id, version, user_id
),
-- Only for runs written just now: a finished run has no claim, and with a new one it would be executed once more.
claim AS (
  INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at, watched, owner, epoch)
  SELECT r.id, r.retention, r.workflow_id, r.version, r.user_id, f.run_at, f.watched, h.id, (h.id IS NOT NULL)::int
  FROM run r JOIN fresh f ON f.id = r.id
  LEFT JOIN replicas h ON h.id = f.owner AND h.service = 'workflow' AND h.dead_at IS NULL
  RETURNING run_id, owner
)${blobs.kept}
SELECT f.id, f.version, f.retention, f.is_unchecked, f.id IN (SELECT id FROM fresh) AS is_new,
       f.id IN (SELECT run_id FROM claim WHERE owner IS NOT NULL) AS is_handed, now() AS accepted_at${blobs.is_lost}
FROM found f`;
}

/** The runs that earlier deliveries with these keys started. */
export const seenDeliveriesSql = `
SELECT i.id, s.run_id
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS i (id, workflow_id, key)
JOIN seen_deliveries s ON s.workflow_id = i.workflow_id AND s.key = i.key`;
