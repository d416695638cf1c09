/**
 * Accepts a batch of events: history, hot row and the memory of having seen it, in one statement.
 *
 * Guarantees
 * - An event is stored with its hot row or not at all, so that what it starts is started for certain.
 * - Of the events with one (owner, source, id) one is accepted in 24 hours; whoever sends the same at this moment waits
 *   for the other's commit.
 * - Repeating the statement with the same ids changes nothing and answers the same.
 *
 * $1 ids, $2 owners, $3 types, $4 sources, $5 the events' own ids, $6 the events, $7 keys made of source and id.
 */
export const acceptEventsSql = `
WITH incoming AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[])
    AS i (id, user_id, type, source, event_id, event, key)
),
seen AS (
  INSERT INTO seen_events AS s (user_id, key, id)
  SELECT DISTINCT ON (user_id, key) user_id, key, id FROM incoming ORDER BY user_id, key, id
  ON CONFLICT (user_id, key) DO UPDATE SET id = excluded.id, seen_at = excluded.seen_at
    WHERE s.seen_at < now() - interval '24 hours'
  RETURNING id
),
stored AS (
  INSERT INTO events (id, user_id, type, source, event_id, event)
  SELECT id, user_id, type, source, event_id, event FROM incoming WHERE id IN (SELECT id FROM seen)
),
pending AS (
  INSERT INTO pending_events (id, user_id)
  SELECT id, user_id FROM incoming WHERE id IN (SELECT id FROM seen)
)
SELECT i.id, i.id IN (SELECT id FROM seen) OR EXISTS (
  SELECT FROM seen_events s WHERE s.user_id = i.user_id AND s.key = i.key AND s.id = i.id
) AS is_new
FROM incoming i`;
