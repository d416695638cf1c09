import { newId } from '@app/contracts';
import type { Pool } from 'pg';

/** Tables that hold nothing about a person. */
export const impersonalTables = ['migrations', 'replicas'] as const;

export interface Somebody {
  id: string;
  email: string;
  /** Their machine, which owns a workflow with a run, too. */
  machineId: string;
  apiKeyId: string;
  runIds: string[];
  /** In every text that is theirs and that may be shown. */
  marker: string;
  /** In every text of theirs that proves something, so that nobody may see it. */
  secret: string;
}

/** Writes a person with a row in every table that can hold something about one. */
export async function everythingOf(pool: Pool, marker: string): Promise<Somebody> {
  const [id, machineId, apiKeyId] = [newId(), newId(), newId()];
  const email = `${marker}@example.com`;
  const secret = `sesame-${marker}`;
  const insert = async (table: string, row: Record<string, unknown>): Promise<void> => {
    const columns = Object.keys(row);
    const values = columns.map((_, index) => `$${index + 1}`);
    await pool.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')})`, Object.values(row));
  };
  const soon = new Date(Date.now() + 3_600_000);
  await insert('users', { id, email, name: marker, password: secret, metadata: { note: marker } });
  await insert('users', {
    id: machineId,
    email: `${machineId}@x.invalid`,
    name: marker,
    kind: 'service',
    owner_id: id,
  });
  const device = { ip_address: '203.0.113.7', user_agent: marker };
  await insert('sessions', {
    id: newId(),
    user_id: id,
    token_hash: secret,
    refresh_token_hash: secret,
    previous_refresh_token_hash: secret,
    expires_at: soon,
    ...device,
  });
  const token = { user_id: id, purpose: 'email_verification', token_hash: secret, payload: { secret } };
  await insert('one_time_tokens', { id: newId(), ...token, expires_at: soon });
  const passkey = { user_id: id, name: marker, credential_id: secret, public_key: Buffer.from(secret) };
  await insert('passkeys', { id: newId(), ...passkey, device_type: 'singleDevice' });
  const key = { name: marker, prefix: 'bk_a', key_hash: secret, expires_at: soon };
  await insert('api_keys', { id: apiKeyId, user_id: id, ...key });
  await insert('oauth_identities', { id: newId(), user_id: id, provider: 'google', subject: marker, email });
  await insert('revocations', { id: newId(), kind: 'user', subject_id: id, expires_at: soon });
  const answer = { request_hash: secret, response_status: 202, response_body: { secret }, expires_at: soon };
  const asked = { method: 'POST', route: '/workflows', key: marker };
  await insert('idempotency_keys', { id: newId(), principal_id: id, ...asked, ...answer });
  await insert('idempotency_keys', { id: newId(), principal_id: apiKeyId, ...asked, ...answer });
  const eventId = newId();
  const cloudEvent = { specversion: '1.0', id: marker, source: '/tests', type: 'made' };
  await insert('events', {
    id: eventId,
    user_id: id,
    type: 'made',
    source: '/tests',
    event_id: marker,
    event: cloudEvent,
  });
  await insert('pending_events', { id: eventId, user_id: id });
  await insert('seen_events', { user_id: id, key: `key of ${id}`, id: eventId });
  const subscriptionId = newId();
  const wanted = { types: [marker], url: `https://${marker}.example`, secret, previous_secret: secret };
  await insert('event_subscriptions', { id: subscriptionId, user_id: id, ...wanted });
  await insert('event_deliveries', { id: newId(), subscription_id: subscriptionId, event_id: eventId, error: marker });
  await insert('provider_pauses', { user_id: id, account: `https://${marker}.example`, until: soon });
  await insert('secrets', { id: newId(), user_id: id, name: marker, value: secret });
  await insert('sites', { id: newId(), user_id: id, origin: `https://${marker}.example`, verification_token: secret });
  const contentId = newId();
  const text = { type: 'note', title: marker, body: marker, metadata: { note: marker } };
  await insert('content', { id: contentId, user_id: id, ...text });
  await insert('content_revisions', { id: newId(), content_id: contentId, version: 1, ...text, status: 'draft' });
  const integrationId = newId();
  const integration = { user_id: id, type: 'slack', name: marker, config: { channel: marker }, credentials: secret };
  await insert('integrations', { id: integrationId, ...integration });
  const item = { kind: 'message', external_id: marker, data: { text: marker }, data_hash: secret };
  await insert('integration_items', { id: newId(), integration_id: integrationId, ...item });
  const runIds: string[] = [];
  for (const owner of [id, machineId]) runIds.push(await workflowOf(insert, { owner, marker, secret }));
  await insert('jobs', { id: newId(), type: 'email.account', payload: { mail: 'verification', email }, user_id: id });
  await insert('jobs', { id: newId(), type: 'email.account', payload: { mail: 'password_reset', email } });
  const event = { action: 'user.updated', outcome: 'success', subject_type: 'user', before: { name: marker } };
  const byUser = { actor_kind: 'user', actor_id: id, ...device, request_id: marker };
  await insert('audit_events', { id: newId(), ...event, subject_id: id, ...byUser, after: { name: marker } });
  await insert('audit_events', { id: newId(), ...event, subject_id: id, actor_kind: 'anonymous', ...device });
  await insert('audit_events', { id: newId(), ...event, ...byUser, subject_type: 'secret', actor_id: apiKeyId });
  return { id, email, machineId, apiKeyId, runIds, marker, secret };
}

type Insert = (table: string, row: Record<string, unknown>) => Promise<void>;

/** A workflow with all that comes with one, and a finished run of it. */
async function workflowOf(insert: Insert, of: { owner: string; marker: string; secret: string }): Promise<string> {
  const { owner, marker, secret } = of;
  const [workflow_id, run_id] = [newId(), newId()];
  const definition = { name: marker, description: marker, trigger_type: 'webhook', steps: '[]', config: {} };
  await insert('workflows', { id: workflow_id, user_id: owner, ...definition });
  await insert('workflow_versions', { workflow_id, version: 1, ...definition });
  await insert('workflow_stats', { workflow_id, run_count: 1 });
  await insert('webhook_endpoints', { id: newId(), workflow_id, token: `${secret}-${owner}` });
  await insert('seen_deliveries', { workflow_id, key: marker, run_id });
  const times = { cron: '@daily', timezone: 'UTC', overlap: 'skip', catch_up: 'last', catch_up_window_s: 60 };
  await insert('schedules', { workflow_id, ...times, note: marker });
  const fire = { workflow_id, scheduled_for: new Date(), kind: 'fire', status: 'started', overlap: 'skip', run_id };
  await insert('schedule_fires', fire);
  const run = { id: run_id, retention: 30, workflow_id, version: 1, user_id: owner, status: 'completed' };
  await insert('workflow_runs', { ...run, trigger: { type: 'manual' }, input: { note: marker }, tags: [marker] });
  const entries = JSON.stringify([{ type: 'step.completed', path: 'a', output: marker }]);
  await insert('run_journal', { run_id, retention: 30, seq: 1, epoch: 1, entries });
  await insert('run_blobs', { id: newId(), run_id, user_id: owner, bytes: 3, status: 'kept' });
  await insert('effect_ledger', { run_id, path: 'a', attempt: 1, epoch: 1, outcome: { note: marker } });
  const inbox = { kind: 'resolution', payload: { note: marker }, user_id: owner };
  await insert('run_inbox', { id: newId(), run_id, ...inbox });
  await insert('event_waits', { id: newId(), run_id, user_id: owner, path: 'a', type: marker });
  const job = { type: 'email.send', payload: { subject: marker }, user_id: owner, run_id, status: 'succeeded' };
  await insert('jobs', { id: newId(), ...job });
  await insert('child_runs', { run_id, retention: 30, parent_id: newId(), status: 'completed' });
  await insert('claims', { run_id, retention: 30, workflow_id, version: 1, user_id: owner, run_at: 'infinity' });
  await insert('workflow_limits', { workflow_id, user_id: owner, version: 1, max: 1, stays: false, grace_ms: 0 });
  await insert('run_slots', { run_id, workflow_id, key: marker, epoch: 1, stays: false, grace_ms: 0 });
  await insert('rate_starts', { workflow_id, key: marker, at: new Date(), starts: 1 });
  return run_id;
}

/** Every table of the schema, the partitioned ones as one. */
export async function tablesOf(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`,
  );
  return rows.map(({ name }) => name);
}

/** The tables in which a text stands, in whatever column. */
export async function tablesWith(pool: Pool, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const table of await tablesOf(pool)) {
    const { rowCount } = await pool.query(`SELECT FROM ${table} AS row WHERE row::text LIKE $1 LIMIT 1`, [`%${text}%`]);
    if (rowCount !== 0) found.push(table);
  }
  return found;
}
