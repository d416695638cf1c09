import type { ExportSection } from './export-section.js';
import { historySections } from './history-sections.js';

const SMALL = 200;
const LARGE = 10;

/** Rows that name the account in a column of their own. */
function owned(table: string, columns: string, batch = SMALL): ExportSection {
  return { name: table, table, columns, from: `FROM ${table} WHERE user_id = $1`, key: ['id'], batch };
}

const accounts: ExportSection = {
  name: 'accounts',
  table: 'users',
  columns: `id, kind, owner_id, email, email_verified_at, name, avatar, roles, provider, provider_id, metadata, is_active,
    version, created_at, updated_at, deletion_due_at`,
  from: 'FROM users WHERE id = $1',
  key: ['id'],
  batch: SMALL,
};

/** How the account is signed in to and spoken for: names and times, never what proves it. */
const access: readonly ExportSection[] = [
  owned(
    'sessions',
    'id, name, method, ip_address, user_agent, created_at, last_used_at, proved_at, proved_by, expires_at, revoked_at',
  ),
  owned('passkeys', 'id, name, device_type, backed_up, aaguid, transports, created_at, last_used_at, revoked_at'),
  owned('oauth_identities', 'id, provider, subject, email, created_at, last_used_at'),
  owned('api_keys', 'id, name, prefix, scopes, created_at, last_used_at, expires_at, revoked_at'),
  owned('one_time_tokens', 'id, purpose, created_at, expires_at, used_at'),
  owned('secrets', 'id, name, version, created_at, updated_at'),
  {
    ...owned('revocations', 'kind, revoked_at, expires_at'),
    from: 'FROM revocations WHERE subject_id = $1',
  },
  { ...owned('provider_pauses', 'account, until, changed_at'), key: ['account'] },
  {
    ...owned('idempotency_keys', 'method, route, key, run_id, created_at, expires_at'),
    from: `FROM idempotency_keys
      WHERE principal_id = ANY (ARRAY(SELECT id FROM api_keys WHERE user_id = $1) || $1::uuid)`,
  },
];

/** What the account has made. */
const works: readonly ExportSection[] = [
  owned(
    'workflows',
    `id, name, description, trigger_type, steps, config, status, version, revision, retention, created_at, updated_at,
     deleted_at`,
    LARGE,
  ),
  ofWorkflows(
    'workflow_versions',
    'version',
    'workflow_id, version, name, description, trigger_type, steps, config, created_at',
    LARGE,
  ),
  ofWorkflows('workflow_stats', 'workflow_id', 'workflow_id, run_count, last_run_at, failure_mail_at'),
  ofWorkflows('workflow_limits', 'workflow_id', 'workflow_id, version, max, rate_max, per_ms'),
  ofWorkflows('rate_starts', 'at', 'workflow_id, key, at, starts'),
  ofWorkflows('run_slots', 'run_id', 'run_id, workflow_id, key, created_at'),
  // The token of the address opens it, like a password.
  ofWorkflows('webhook_endpoints', 'id', 'id, workflow_id, created_at'),
  ofWorkflows('seen_deliveries', 'key', 'workflow_id, key, run_id, seen_at'),
  ofWorkflows(
    'schedules',
    'workflow_id',
    'workflow_id, cron, timezone, overlap, catch_up, catch_up_window_s, next_at, paused_at, note, created_at, updated_at',
  ),
  ofWorkflows(
    'schedule_fires',
    'scheduled_for',
    'workflow_id, scheduled_for, kind, status, overlap, run_id, reason, created_at, updated_at',
  ),
  owned(
    'content',
    'id, type, title, body, metadata, status, published_at, version, created_at, updated_at, deleted_at',
    LARGE,
  ),
  {
    name: 'content_revisions',
    table: 'content_revisions',
    columns: 'r.content_id, r.version, r.type, r.title, r.body, r.metadata, r.status, r.created_at',
    from: 'FROM content c JOIN content_revisions r ON r.content_id = c.id WHERE c.user_id = $1',
    key: ['r.content_id', 'r.version'],
    batch: LARGE,
  },
  owned('integrations', 'id, type, name, config, status, last_sync_at, version, created_at, updated_at, deleted_at'),
  {
    name: 'integration_items',
    table: 'integration_items',
    columns: 'i.integration_id, i.kind, i.external_id, i.data, i.external_updated_at, i.created_at, i.updated_at',
    from: 'FROM integrations g JOIN integration_items i ON i.integration_id = g.id WHERE g.user_id = $1',
    key: ['i.integration_id', 'i.id'],
    batch: LARGE,
  },
  owned(
    'event_subscriptions',
    'id, types, filter, url, status, disabled_reason, failing_since, version, created_at, updated_at',
  ),
  {
    name: 'event_deliveries',
    table: 'event_deliveries',
    columns: `d.id, d.subscription_id, d.event_id, d.status, d.attempts, d.response_status, d.error, d.last_attempt_at,
      d.delivered_at, d.created_at`,
    from: 'FROM event_subscriptions s JOIN event_deliveries d ON d.subscription_id = s.id WHERE s.user_id = $1',
    key: ['d.subscription_id', 'd.id'],
    batch: SMALL,
  },
  owned('sites', 'id, origin, status, verified_at, checked_at, version, created_at, updated_at'),
];

/** Rows of a table that name a workflow of the account. */
function ofWorkflows(table: string, key: string, columns: string, batch = SMALL): ExportSection {
  const shown = columns
    .split(', ')
    .map((column) => `x.${column}`)
    .join(', ');
  const from = `FROM workflows w JOIN ${table} x ON x.workflow_id = w.id WHERE w.user_id = $1`;
  return { name: table, table, columns: shown, from, key: ['x.workflow_id', `x.${key}`], batch };
}

/** What is held about an account, in the order of the document. */
export const exportSections: readonly ExportSection[] = [accounts, ...access, ...works, ...historySections];
