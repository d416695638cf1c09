import type { ExportSection } from './export-section.js';

const SMALL = 500;
const LARGE = 10;

/** Rows of a table that name a run of the account. */
function ofRuns(table: string, key: readonly string[], columns: string): ExportSection {
  const match = table === 'run_journal' ? 'x.retention = r.retention AND x.run_id = r.id' : 'x.run_id = r.id';
  return {
    name: table,
    table,
    columns,
    from: `FROM workflow_runs r JOIN ${table} x ON ${match} WHERE r.user_id = $1`,
    key: ['r.id', ...key],
    batch: LARGE,
  };
}

/** The ids under which the account acts: its own and those of its API keys. */
const actors = `(ARRAY(SELECT id FROM api_keys WHERE user_id = $1) || $1::uuid)`;
const isAboutOthers = `(e.subject_type IN ('user', 'service_account') AND e.subject_id <> $1)`;
const isByOthers = `(e.actor_id IS NOT NULL AND e.actor_id <> ALL (${actors}))`;

/** What happened. */
export const historySections: readonly ExportSection[] = [
  {
    name: 'runs',
    table: 'workflow_runs',
    columns: `id, workflow_id, version, status, trigger, input, output, error, correlation_id, tags, retry_of, depth,
      retention, input_blob, output_blob, created_at, started_at, completed_at`,
    from: 'FROM workflow_runs WHERE user_id = $1',
    key: ['id'],
    batch: LARGE,
  },
  {
    // The large inputs and outputs that runs and journals refer to, by their ids, with their values.
    name: 'run_blobs',
    table: 'run_blobs',
    columns: 'id, run_id, bytes, created_at',
    from: `FROM run_blobs WHERE user_id = $1 AND status <> 'doomed'`,
    key: ['id', 'run_id'],
    batch: LARGE,
    isInBlobStorage: true,
  },
  ofRuns('run_journal', ['x.seq'], 'x.run_id, x.seq, x.entries, x.created_at'),
  ofRuns('effect_ledger', ['x.path', 'x.attempt'], 'x.run_id, x.path, x.attempt, x.outcome, x.created_at'),
  ofRuns('run_inbox', ['x.id'], 'x.run_id, x.kind, x.payload, x.created_at'),
  ofRuns('event_waits', ['x.id'], 'x.run_id, x.path, x.type, x.source, x.filter, x.context, x.created_at'),
  ofRuns('child_runs', ['x.run_id'], 'x.run_id, x.parent_id, x.status, x.created_at'),
  ofRuns('claims', ['x.run_id'], 'x.run_id, x.run_at, x.in_doubt, x.cancel_requested_at, x.created_at'),
  {
    name: 'events',
    table: 'events',
    columns: 'id, type, source, event_id, event, depth, run_id, problem, created_at',
    from: 'FROM events WHERE user_id = $1',
    key: ['id'],
    batch: LARGE,
  },
  {
    name: 'pending_events',
    table: 'pending_events',
    columns: 'id, attempts, due_at, created_at',
    from: 'FROM pending_events WHERE user_id = $1',
    key: ['id'],
    batch: SMALL,
  },
  {
    name: 'seen_events',
    table: 'seen_events',
    columns: 'id, seen_at',
    from: 'FROM seen_events WHERE user_id = $1',
    key: ['key'],
    batch: SMALL,
  },
  {
    name: 'jobs',
    table: 'jobs',
    columns: 'j.id, j.type, j.payload, j.status, j.result, j.run_id, j.path, j.retries, j.created_at, j.processed_at',
    from: `FROM jobs j WHERE (j.user_id = $1
      OR (j.type = 'email.account' AND lower(j.payload->>'email') = (SELECT lower(email) FROM users WHERE id = $1)))`,
    key: ['j.id'],
    batch: LARGE,
  },
  {
    // What somebody did to others is their business, and from where others did something is theirs.
    name: 'audit_events',
    table: 'audit_events',
    columns: `e.id, e.action, e.actor_kind, e.actor_id, e.subject_type, e.subject_id, e.outcome, e.created_at,
      CASE WHEN NOT ${isByOthers} THEN e.ip_address END AS ip_address,
      CASE WHEN NOT ${isByOthers} THEN e.user_agent END AS user_agent,
      CASE WHEN NOT ${isAboutOthers} THEN e.before END AS before,
      CASE WHEN NOT ${isAboutOthers} THEN e.after END AS after,
      CASE WHEN NOT ${isAboutOthers} THEN e.details END AS details`,
    from: `FROM audit_events e WHERE (e.actor_id = ANY (${actors})
      OR (e.subject_type IN ('user', 'service_account') AND e.subject_id = $1))`,
    key: ['e.id'],
    batch: SMALL,
  },
];
