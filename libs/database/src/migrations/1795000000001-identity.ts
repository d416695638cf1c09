import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People, how they prove who they are, where they are signed in, and what the platform remembers about requests. */
export class Identity1795000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(users);
    await queryRunner.query(sessions);
    await queryRunner.query(credentials);
    await queryRunner.query(auditTrail);
    await queryRunner.query(idempotencyKeys);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE idempotency_keys, audit_events, api_keys, passkeys, one_time_tokens, revocations, sessions, users`);
  }
}

const users = `
  CREATE TABLE users (
    id uuid PRIMARY KEY,
    email varchar(254) NOT NULL,
    email_verified_at timestamptz,
    name varchar(255) NOT NULL,
    password text,
    avatar text,
    roles text[] NOT NULL DEFAULT '{user}' CHECK (roles <@ ARRAY['user', 'admin']),
    provider varchar(20) NOT NULL DEFAULT 'local' CHECK (provider IN ('local', 'google', 'github', 'apple')),
    provider_id varchar(255),
    metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  );
  CREATE UNIQUE INDEX users_email ON users (lower(email));
  CREATE UNIQUE INDEX users_provider ON users (provider, provider_id);
  CREATE INDEX users_created_at ON users (created_at DESC, id DESC);
`;

// revocations is a feed: gateways read what transactions they had not seen at their last look have added. No foreign
// key, because a row outlives what it revokes, until the last access token it is about has expired.
const sessions = `
  CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    token_hash varchar(64) NOT NULL,
    refresh_token_hash varchar(64) NOT NULL,
    previous_refresh_token_hash varchar(64),
    rotated_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ip_address inet,
    user_agent varchar(512),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX sessions_user_id ON sessions (user_id, created_at DESC);
  CREATE INDEX sessions_token_hash ON sessions (token_hash);
  CREATE INDEX sessions_expires_at ON sessions (expires_at);

  CREATE TABLE revocations (
    id uuid PRIMARY KEY,
    kind varchar(20) NOT NULL CHECK (kind IN ('session', 'user', 'api_key')),
    subject_id uuid NOT NULL,
    revoked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX revocations_transaction_id ON revocations (transaction_id);
  CREATE INDEX revocations_expires_at ON revocations (expires_at);
`;

const credentials = `
  CREATE TABLE one_time_tokens (
    id uuid PRIMARY KEY,
    user_id uuid REFERENCES users ON DELETE CASCADE,
    purpose varchar(30) NOT NULL CHECK (purpose IN ('email_verification', 'password_reset', 'oauth_state',
      'oauth_exchange', 'passkey_challenge', 'stream_ticket', 'step_up', 'invitation', 'first_admin')),
    token_hash varchar(64) NOT NULL UNIQUE,
    payload jsonb NOT NULL DEFAULT '{}',
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX one_time_tokens_user_id ON one_time_tokens (user_id, purpose);
  CREATE INDEX one_time_tokens_expires_at ON one_time_tokens (expires_at);

  CREATE TABLE passkeys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name varchar(255) NOT NULL,
    credential_id text NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    counter bigint NOT NULL DEFAULT 0 CHECK (counter >= 0),
    transports text[] NOT NULL DEFAULT '{}',
    device_type varchar(20) NOT NULL CHECK (device_type IN ('singleDevice', 'multiDevice')),
    backed_up boolean NOT NULL DEFAULT false,
    aaguid uuid,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX passkeys_user_id ON passkeys (user_id, created_at DESC);

  CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name varchar(255) NOT NULL,
    prefix varchar(20) NOT NULL,
    key_hash varchar(64) NOT NULL UNIQUE,
    scopes text[] NOT NULL DEFAULT '{}',
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX api_keys_user_id ON api_keys (user_id, created_at DESC);
  CREATE INDEX api_keys_expires_at ON api_keys (expires_at);
`;

// The event's row is written in the mutation's own transaction, without the chain; the audit worker alone fills
// chain_position, previous_hash and hash, in that order of positions. No foreign keys: the trail outlives its actors.
const auditTrail = `
  CREATE TABLE audit_events (
    id uuid PRIMARY KEY,
    action varchar(100) NOT NULL,
    actor_kind varchar(20) NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'operator', 'system', 'anonymous')),
    actor_id uuid,
    subject_type varchar(50),
    subject_id uuid,
    outcome varchar(20) NOT NULL CHECK (outcome IN ('success', 'failure', 'denied')),
    ip_address inet,
    user_agent varchar(512),
    request_id varchar(128),
    before jsonb,
    after jsonb,
    details jsonb NOT NULL DEFAULT '{}',
    chain_position bigint UNIQUE,
    previous_hash varchar(64),
    hash varchar(64),
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX audit_events_unchained ON audit_events (id) WHERE chain_position IS NULL;
  CREATE INDEX audit_events_actor ON audit_events (actor_id, id DESC);
  CREATE INDEX audit_events_subject ON audit_events (subject_type, subject_id, id DESC);
  CREATE INDEX audit_events_action ON audit_events (action, id DESC);
`;

// principal_id is a user or an API key, so it has no foreign key; the worker's cleanup removes what has expired.
const idempotencyKeys = `
  CREATE TABLE idempotency_keys (
    id uuid PRIMARY KEY,
    principal_id uuid NOT NULL,
    method varchar(10) NOT NULL,
    route varchar(255) NOT NULL,
    key varchar(255) NOT NULL,
    request_hash varchar(64) NOT NULL,
    response_status smallint,
    response_headers jsonb,
    response_body jsonb,
    run_id uuid,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_keys_scope UNIQUE (principal_id, method, route, key)
  );
  CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);
`;
