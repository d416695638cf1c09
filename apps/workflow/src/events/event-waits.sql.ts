/** Whether any run of these owners waits for an event. $1 owners. */
export const areAwaitedSql = 'SELECT EXISTS (SELECT FROM event_waits WHERE user_id = ANY ($1::uuid[])) AS awaited';

/**
 * Opens a cursor over what runs of these owners wait for and may get: those of the events' types, and all that name a
 * pattern. In the order of the runs' ids, so that the claims of all of them are locked in it. $1 owners, $2 types.
 */
export const openWaitsSql = `
DECLARE waits NO SCROLL CURSOR FOR
SELECT id, user_id, type, source, filter, context, run_id,
       (extract(epoch FROM created_at) * 1000000)::float8 AS since
FROM event_waits
WHERE user_id = ANY ($1::uuid[]) AND type = ANY ($2::text[]) AND type NOT LIKE '%*'
UNION ALL
SELECT id, user_id, type, source, filter, context, run_id,
       (extract(epoch FROM created_at) * 1000000)::float8 AS since
FROM event_waits
WHERE user_id = ANY ($1::uuid[]) AND type LIKE '%*'
ORDER BY run_id`;

/**
 * Hands events to those who wait for them and wakes their runs.
 *
 * Guarantees
 * - One event for each wait: whoever deletes its row hands its event over.
 * - Claims are locked first and in the order of ids, as by the commits of runs, so that nobody waits in a circle.
 * - A wait whose run is over meanwhile is forgotten.
 *
 * $1 waits, $2 ids of the inbox rows, $3 their payloads.
 */
export const deliverEventsSql = `
WITH given AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[]) AS g (wait_id, id, payload)
),
claimed AS MATERIALIZED (
  SELECT c.run_id FROM claims c
  WHERE c.run_id IN (SELECT e.run_id FROM event_waits e WHERE e.id = ANY ($1::uuid[]))
  ORDER BY c.run_id
  FOR UPDATE
),
taken AS MATERIALIZED (
  DELETE FROM event_waits e
  WHERE e.id = ANY ($1::uuid[]) AND (SELECT count(*) FROM claimed) >= 0
  RETURNING e.id, e.run_id, e.user_id
),
told AS (
  INSERT INTO run_inbox (id, run_id, kind, payload, user_id)
  SELECT g.id, t.run_id, 'event', g.payload, t.user_id
  FROM taken t JOIN given g ON g.wait_id = t.id JOIN claimed c ON c.run_id = t.run_id
)
UPDATE claims c SET run_at = least(c.run_at, now()), woken = true
FROM taken t, claimed l WHERE l.run_id = t.run_id AND c.run_id = t.run_id`;
