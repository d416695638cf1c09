import { insertAuditEvent } from '../audit/record-audit.js';

/** The columns of a list of changes, as `jsonb_to_recordset` takes them: see `contentChangeRow`. */
export const contentChangeColumns = `
  op text, content_id uuid, user_id uuid, type text, title text, body text, metadata jsonb, status text, revision integer,
  expected integer[], depth smallint, revision_id uuid, event_ids uuid[], audit_id uuid, actor_kind text, actor_id uuid,
  ip_address inet, user_agent text, request_id text, run_id uuid, job_id uuid, path text, job_type text`;

const rfc3339 = (time: string): string => `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** What an event about content says, of a row of `content_next`. */
const facts = `jsonb_build_object(
    'id', d.content_id, 'type', d.type, 'title', d.title, 'status', d.status, 'version', d.version,
    'published_at', ${rfc3339('d.published_at')})`;

/** What a step that changed content has for its output, of a row `d` of `content_next`. */
export const contentOutput = `${facts} || jsonb_build_object(
    'created_at', ${rfc3339('d.created_at')}, 'updated_at', ${rfc3339('d.updated_at')})`;

/**
 * Changes content: row, revision, events with their hot rows and audit, as common table expressions that follow one named
 * `content_wanted` with {@link contentChangeColumns}. The one way to change content, for the gateway and for steps.
 *
 * Guarantees
 * - All of it or nothing, with whatever else the statement does.
 * - A change builds on the newest row: it waits for others' changes of it. Rows are locked in the order of their ids.
 * - Only the owner's content that is not deleted, unless it is to be taken back, and that has one of the expected versions:
 *   what is not found has no row in `content_next`.
 * - A change that would leave everything as it is makes no version, no revision, no event and no audit event.
 * - `published_at` is set by the first change that publishes and never again.
 * - Content that is made with an id that is there stays as it is: it has a row in `content_next` and none in `content_done`.
 *
 * A statement changes a piece of content once: one that names it twice is a mistake of the asker's.
 */
export const changeContentParts = `
content_held AS MATERIALIZED (
  SELECT held.*
  FROM (SELECT * FROM content_wanted WHERE op <> 'create' ORDER BY content_id) w
  CROSS JOIN LATERAL (
    SELECT c.id, c.type, c.title, c.body, c.metadata, c.status, c.published_at, c.version, c.created_at, c.updated_at,
           c.deleted_at
    FROM content c
    WHERE c.id = w.content_id AND c.user_id = w.user_id AND (c.deleted_at IS NULL OR w.op = 'restore')
      AND (w.expected IS NULL OR c.version = ANY (w.expected))
    FOR UPDATE OF c
  ) held
),
content_set AS (
  SELECT w.op, w.content_id, w.user_id, w.depth, w.revision_id, w.event_ids, w.audit_id, w.actor_kind, w.actor_id,
         w.ip_address, w.user_agent, w.request_id, w.run_id, w.job_id, w.path,
         coalesce(r.type, w.type, c.type) AS type,
         coalesce(r.title, w.title, c.title) AS title,
         coalesce(r.body, w.body, c.body, '') AS body,
         coalesce(r.metadata, w.metadata, c.metadata, '{}') AS metadata,
         coalesce(w.status, c.status, 'draft') AS status,
         c.type AS old_type, c.title AS old_title, c.body AS old_body, c.metadata AS old_metadata, c.status AS old_status,
         c.version AS old_version, c.published_at AS old_published_at, c.created_at AS old_created_at,
         c.updated_at AS old_updated_at, c.deleted_at AS old_deleted_at
  FROM content_wanted w
  LEFT JOIN content_held c ON c.id = w.content_id
  LEFT JOIN content_revisions r ON w.op = 'revert' AND r.content_id = w.content_id AND r.version = w.revision
  WHERE CASE w.op WHEN 'create' THEN true WHEN 'revert' THEN c.id IS NOT NULL AND r.id IS NOT NULL ELSE c.id IS NOT NULL END
),
content_compared AS (
  SELECT s.*,
         (s.type, s.title, s.body, s.metadata) IS DISTINCT FROM (s.old_type, s.old_title, s.old_body, s.old_metadata)
           AS is_edited,
         s.status IS DISTINCT FROM s.old_status AS is_moved
  FROM content_set s
),
content_next AS MATERIALIZED (
  SELECT e.*,
         coalesce(e.old_version, 0) + e.is_changed::int AS version,
         CASE WHEN e.status = 'published' THEN coalesce(e.old_published_at, now()) ELSE e.old_published_at END AS published_at,
         coalesce(e.old_created_at, now()) AS created_at,
         CASE WHEN e.is_changed THEN now() ELSE e.old_updated_at END AS updated_at,
         CASE WHEN e.op = 'delete' THEN now() END AS deleted_at,
         array_remove(ARRAY[
           CASE e.op
             WHEN 'create' THEN 'content.created' WHEN 'delete' THEN 'content.deleted' WHEN 'restore' THEN 'content.restored'
             ELSE CASE WHEN e.is_edited OR e.status = 'draft' THEN 'content.updated' END
           END,
           CASE WHEN e.is_moved THEN CASE e.status WHEN 'published' THEN 'content.published'
                                                   WHEN 'archived' THEN 'content.archived' END END
         ], NULL) AS happened
  FROM (
    SELECT c.*, c.is_edited OR c.is_moved OR c.op = 'delete' OR c.old_deleted_at IS NOT NULL AS is_changed
    FROM content_compared c
  ) e
),
content_made AS (
  INSERT INTO content (id, user_id, type, title, body, metadata, status, published_at)
  SELECT content_id, user_id, type, title, body, metadata, status, published_at FROM content_next WHERE op = 'create'
  ON CONFLICT DO NOTHING
  RETURNING id
),
content_written AS (
  UPDATE content c SET
    type = n.type, title = n.title, body = n.body, metadata = n.metadata, status = n.status, published_at = n.published_at,
    version = n.version, updated_at = n.updated_at, deleted_at = n.deleted_at
  FROM content_next n WHERE n.op <> 'create' AND n.is_changed AND c.id = n.content_id
),
content_done AS MATERIALIZED (
  SELECT n.* FROM content_next n
  WHERE n.is_changed AND (n.op <> 'create' OR n.content_id IN (SELECT id FROM content_made))
),
content_kept AS (
  INSERT INTO content_revisions (id, content_id, version, type, title, body, metadata, status)
  SELECT revision_id, content_id, version, type, title, body, metadata, status FROM content_done
),
content_emitted AS (
  INSERT INTO events (id, user_id, type, source, event_id, event, depth, run_id)
  SELECT h.id, d.user_id, h.type, '/content/' || d.content_id, h.id::text,
         jsonb_build_object(
           'specversion', '1.0', 'id', h.id, 'source', '/content/' || d.content_id, 'type', h.type,
           'subject', d.content_id, 'time', ${rfc3339('now()')}, 'datacontenttype', 'application/json', 'data', ${facts}
         ),
         d.depth, d.run_id
  FROM content_done d CROSS JOIN LATERAL (
    SELECT t.type, d.event_ids[t.place] AS id FROM unnest(d.happened) WITH ORDINALITY AS t (type, place)
  ) h
  RETURNING id, user_id
),
content_announced AS (INSERT INTO pending_events (id, user_id) SELECT id, user_id FROM content_emitted),
content_audited AS (
  ${insertAuditEvent}
  SELECT d.audit_id, d.happened[CASE d.op WHEN 'create' THEN 1 ELSE cardinality(d.happened) END], d.actor_kind, d.actor_id,
         'content', d.content_id, 'success', d.ip_address, d.user_agent, d.request_id,
         CASE WHEN d.old_type IS NOT NULL
              THEN jsonb_build_object('type', d.old_type, 'title', d.old_title, 'status', d.old_status) END,
         CASE WHEN d.op <> 'delete' THEN jsonb_build_object('type', d.type, 'title', d.title, 'status', d.status) END,
         jsonb_strip_nulls(jsonb_build_object('version', d.version, 'run_id', d.run_id, 'step', d.path))
  FROM content_done d
)`;

/**
 * One change of content, from outside a run. $1 the change, as `contentChangeRow` has it.
 * Answers with the content as it is now, and how many events tell of it. No row: it is not there, or not in an expected version;
 * content that is to be made and is there already.
 */
export const changeContentSql = `
WITH content_wanted AS MATERIALIZED (
  SELECT w.* FROM jsonb_to_recordset($1::jsonb) AS w (${contentChangeColumns})
),${changeContentParts}
SELECT n.content_id AS id, n.type, n.title, n.body, n.metadata, n.status, n.published_at, n.version, n.created_at,
       n.updated_at, n.deleted_at, CASE WHEN n.is_changed THEN cardinality(n.happened) ELSE 0 END AS events
FROM content_next n
WHERE n.op <> 'create' OR n.content_id IN (SELECT id FROM content_made)`;
