import type { RunCommit } from '../run-commit.js';
import type { CommitPart } from './commit-part.js';

/**
 * Events that steps send or wait for.
 *
 * Guarantees
 * - An event is accepted, as one from outside is, exactly when the journal says that it was sent. Its hot row is written
 *   with its own and never again, so that a batch that is repeated does not have it dispatched twice.
 * - A wait is written with its entry of the journal and never again, so that one that an event has ended meanwhile does
 *   not come back.
 *
 * Events and waits are a list of rows each; then come waits that are over, and runs of which all are.
 */
export const events: CommitPart = {
  name: 'events',
  concerns: ({ events: sent, eventWaits, unwanted }) =>
    sent.length > 0 || eventWaits.length > 0 || unwanted.eventWaits.length > 0,
  sql: (first) => `,
emitted AS (
  INSERT INTO events (id, user_id, type, source, event_id, event, depth, run_id)
  SELECT e.id, e.user_id, e.event->>'type', e.event->>'source', e.event->>'id', e.event, e.depth, e.run_id
  FROM jsonb_to_recordset($${first}::jsonb) AS e (id uuid, run_id uuid, user_id uuid, event jsonb, depth smallint)
  JOIN written w ON w.run_id = e.run_id
  ON CONFLICT DO NOTHING
  RETURNING id, user_id
),
announced AS (INSERT INTO pending_events (id, user_id) SELECT id, user_id FROM emitted),
waiting AS (
  INSERT INTO event_waits (id, run_id, user_id, path, type, source, filter, context)
  SELECT e.* FROM jsonb_to_recordset($${first + 1}::jsonb)
    AS e (id uuid, run_id uuid, user_id uuid, path text, type text, source text, filter text, context jsonb)
  JOIN journaled j ON j.run_id = e.run_id
  ON CONFLICT DO NOTHING
),
unawaited AS (
  DELETE FROM event_waits e USING written w
  WHERE e.run_id = w.run_id AND (e.id = ANY($${first + 2}::uuid[]) OR e.run_id = ANY($${first + 3}::uuid[]))
)`,
  values: (rows) => [
    JSON.stringify(rows.flatMap((row) => row.events.map((event) => ({ ...event, ...ownerOf(row) })))),
    JSON.stringify(rows.flatMap((row) => row.eventWaits.map((wait) => ({ ...wait, ...ownerOf(row) })))),
    rows.flatMap(({ unwanted }) => (unwanted.eventWaits === 'all' ? [] : unwanted.eventWaits)),
    rows.filter(({ unwanted }) => unwanted.eventWaits === 'all').map(({ runId }) => runId),
  ],
};

/** About how many characters events and waits of a commit are. */
export function sizeOfEvents({ events: sent, eventWaits }: Pick<RunCommit, 'events' | 'eventWaits'>): number {
  return sent.length + eventWaits.length === 0 ? 0 : JSON.stringify([sent, eventWaits]).length;
}

function ownerOf({ runId, userId }: RunCommit): { run_id: string; user_id: string } {
  return { run_id: runId, user_id: userId };
}
