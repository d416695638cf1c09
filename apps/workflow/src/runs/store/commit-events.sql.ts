/**
 * What a commit of runs does besides when steps send events or wait for them.
 *
 * Guarantees
 * - An event is accepted, as one from outside is, exactly when the journal says that it was sent. Its hot row is written
 *   with its own and never again, so that a batch that is repeated does not have it dispatched twice.
 * - A wait is written with its entry of the journal and never again, so that one that an event has ended meanwhile does
 *   not come back.
 *
 * $38 events that steps send, $39 events that they wait for, each a list of rows; $40 waits that are over; $41 runs of
 * which all are.
 */
export const eventParts = `,
emitted AS (
  INSERT INTO events (id, user_id, type, source, event_id, event, depth, run_id)
  SELECT e.id, e.user_id, e.event->>'type', e.event->>'source', e.event->>'id', e.event, e.depth, e.run_id
  FROM jsonb_to_recordset($38::jsonb) AS e (id uuid, run_id uuid, user_id uuid, event jsonb, depth smallint)
  JOIN fenced f ON f.run_id = e.run_id
  ON CONFLICT DO NOTHING
  RETURNING id, user_id
),
announced AS (INSERT INTO pending_events (id, user_id) SELECT id, user_id FROM emitted),
waiting AS (
  INSERT INTO event_waits (id, run_id, user_id, path, type, source, filter, context)
  SELECT e.* FROM jsonb_to_recordset($39::jsonb)
    AS e (id uuid, run_id uuid, user_id uuid, path text, type text, source text, filter text, context jsonb)
  JOIN journaled j ON j.run_id = e.run_id
  ON CONFLICT DO NOTHING
),
unawaited AS (
  DELETE FROM event_waits e USING fenced f
  WHERE e.run_id = f.run_id AND (e.id = ANY($40::uuid[]) OR e.run_id = ANY($41::uuid[]))
)`;
