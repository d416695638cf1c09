import type { MigrationInterface, QueryRunner } from 'typeorm';
import { partitionStatements } from '../history/partitions.sql.js';

/** Workflows with their versions, runs with their journal, jobs, and what the engine coordinates itself with. */
export class Workflows1795000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(definitions);
    await queryRunner.query(history);
    for (const statement of partitionStatements(new Date())) await queryRunner.query(statement);
    await queryRunner.query(hotTables);
    await queryRunner.query(jobs);
    await queryRunner.query(webhooks);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE seen_deliveries, webhook_endpoints, jobs, run_inbox, effect_ledger, claims, replicas,
                 run_journal, workflow_runs, workflow_stats, workflow_versions, workflows`);
  }
}

const definitions = `
  CREATE TABLE workflows (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name varchar(255) NOT NULL,
    description text NOT NULL DEFAULT '',
    trigger_type varchar(20) NOT NULL CHECK (trigger_type IN ('manual', 'cron', 'webhook', 'event')),
    steps jsonb NOT NULL,
    config jsonb NOT NULL DEFAULT '{}',
    status varchar(20) NOT NULL DEFAULT 'inactive' CHECK (status IN ('inactive', 'active')),
    version integer NOT NULL DEFAULT 1,
    revision integer NOT NULL DEFAULT 1,
    retention smallint NOT NULL DEFAULT 30 CHECK (retention IN (0, 1, 7, 30, 90, 365)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  );
  CREATE INDEX workflows_user_id ON workflows (user_id, id DESC);
  CREATE INDEX workflows_user_status ON workflows (user_id, status, trigger_type) WHERE deleted_at IS NULL;

  CREATE TABLE workflow_versions (
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    version integer NOT NULL,
    name varchar(255) NOT NULL,
    description text NOT NULL,
    trigger_type varchar(20) NOT NULL,
    steps jsonb NOT NULL,
    config jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workflow_id, version)
  );

  CREATE TABLE workflow_stats (
    workflow_id uuid PRIMARY KEY REFERENCES workflows ON DELETE CASCADE,
    last_run_at timestamptz,
    run_count bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
`;

// History has no foreign keys: rows leave by dropping a partition, not one by one.
const history = `
  CREATE TABLE workflow_runs (
    id uuid NOT NULL,
    retention smallint NOT NULL,
    workflow_id uuid NOT NULL,
    version integer NOT NULL,
    user_id uuid NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending'
      CHECK (status IN ('pending', 'running', 'waiting', 'completed', 'failed', 'cancelled')),
    trigger jsonb NOT NULL,
    input jsonb,
    output jsonb,
    error jsonb,
    correlation_id varchar(255),
    tags text[] NOT NULL DEFAULT '{}',
    retry_of uuid,
    depth smallint NOT NULL DEFAULT 0,
    started_at timestamptz,
    completed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (retention, id)
  ) PARTITION BY LIST (retention);
  CREATE INDEX workflow_runs_user_id ON workflow_runs (user_id, id DESC);
  CREATE INDEX workflow_runs_workflow_id ON workflow_runs (workflow_id, id DESC);
  CREATE INDEX workflow_runs_workflow_status ON workflow_runs (workflow_id, status, started_at DESC);

  CREATE TABLE run_journal (
    run_id uuid NOT NULL,
    retention smallint NOT NULL,
    seq integer NOT NULL,
    epoch integer NOT NULL,
    entries json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (retention, run_id, seq)
  ) PARTITION BY LIST (retention);
`;

// Who wants an unfinished run to look at something (an inbox row, a cancellation) sets run_at = now() and woken = true: a
// replica that is about to park the run sees the flag in the row it locks, so that no wake-up is lost.
// claims holds one short row per unfinished run and is rewritten all the time: room for updates in place, early vacuum.
const hotTables = `
  CREATE TABLE replicas (
    id uuid PRIMARY KEY,
    service varchar(20) NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    lease_until timestamptz NOT NULL,
    dead_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );

  CREATE TABLE claims (
    run_id uuid PRIMARY KEY,
    retention smallint NOT NULL,
    workflow_id uuid NOT NULL,
    version integer NOT NULL,
    user_id uuid NOT NULL,
    run_at timestamptz NOT NULL DEFAULT now(),
    owner uuid,
    epoch integer NOT NULL DEFAULT 0,
    in_doubt boolean NOT NULL DEFAULT false,
    cancel_requested_at timestamptz,
    woken boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);
  CREATE INDEX claims_ready ON claims (run_at) WHERE owner IS NULL;
  CREATE INDEX claims_owner ON claims (owner) WHERE owner IS NOT NULL;
  CREATE INDEX claims_workflow_id ON claims (workflow_id);

  CREATE TABLE effect_ledger (
    run_id uuid NOT NULL,
    path text NOT NULL,
    attempt integer NOT NULL,
    epoch integer NOT NULL,
    outcome jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, path, attempt)
  );

  CREATE TABLE run_inbox (
    id uuid PRIMARY KEY,
    run_id uuid NOT NULL,
    kind varchar(20) NOT NULL CHECK (kind IN ('resolution')),
    payload jsonb NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX run_inbox_run_id ON run_inbox (run_id, id);
`;

// Like a run, a job may outlive the account that asked for it: no foreign key makes its last write fail.
const jobs = `
  CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    type varchar(50) NOT NULL,
    payload jsonb NOT NULL,
    priority smallint NOT NULL DEFAULT 5,
    retries integer NOT NULL DEFAULT 0,
    max_retries integer,
    status varchar(20) NOT NULL DEFAULT 'queued'
      CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'in_doubt')),
    result jsonb,
    owner uuid,
    epoch integer NOT NULL DEFAULT 0,
    lease_until timestamptz,
    run_at timestamptz NOT NULL DEFAULT now(),
    enqueued_at timestamptz,
    processed_at timestamptz,
    user_id uuid,
    run_id uuid,
    path text,
    cancel_requested_at timestamptz,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX jobs_due ON jobs (priority, run_at) WHERE status = 'queued';
  CREATE INDEX jobs_leased ON jobs (lease_until) WHERE status = 'running';
  CREATE INDEX jobs_run_id ON jobs (run_id) WHERE run_id IS NOT NULL;
  CREATE INDEX jobs_undelivered ON jobs (id)
    WHERE run_id IS NOT NULL AND delivered_at IS NULL AND status IN ('succeeded', 'failed', 'cancelled', 'in_doubt');
  CREATE INDEX jobs_user_id ON jobs (user_id, id DESC);
`;

// The token is a capability that the owner reads back (hook_url), so it cannot be stored as a hash only.
const webhooks = `
  CREATE TABLE webhook_endpoints (
    id uuid PRIMARY KEY,
    workflow_id uuid NOT NULL UNIQUE REFERENCES workflows ON DELETE CASCADE,
    token varchar(64) NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );

  CREATE TABLE seen_deliveries (
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    key varchar(255) NOT NULL,
    run_id uuid NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workflow_id, key)
  );
  CREATE INDEX seen_deliveries_seen_at ON seen_deliveries (seen_at);
`;
