import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Machines beside people, how a session was proved, identities at other providers, and accounts that are to be erased. */
export class SignIn1795000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

// An audit row whose person was erased keeps its ids alone: erased_at says so, and since when.
// What a session was proved with is kept apart from when it began: a later proof (step-up) is for sensitive actions.
const up = `
  ALTER TABLE users
    ADD COLUMN kind varchar(20) NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service')),
    ADD COLUMN owner_id uuid REFERENCES users ON DELETE CASCADE,
    ADD COLUMN deletion_due_at timestamptz,
    ADD CONSTRAINT users_service_has_owner CHECK ((kind = 'service') = (owner_id IS NOT NULL)),
    ADD CONSTRAINT users_service_is_no_admin CHECK (kind = 'person' OR roles = '{user}');
  CREATE INDEX users_owner_id ON users (owner_id, id DESC);
  CREATE INDEX users_deletion_due_at ON users (deletion_due_at) WHERE deletion_due_at IS NOT NULL;
  CREATE INDEX users_deleted_at ON users (deleted_at) WHERE deleted_at IS NOT NULL;
  CREATE INDEX users_stopped_at ON users (updated_at) WHERE NOT is_active OR deletion_due_at IS NOT NULL;
  CREATE INDEX users_kind ON users (kind, id DESC);
  CREATE INDEX users_kind_admin ON users (kind, id DESC) WHERE 'admin' = ANY (roles);
  CREATE INDEX users_kind_inactive ON users (kind, id DESC) WHERE NOT is_active;
  CREATE INDEX users_email_prefix ON users (lower(email) COLLATE "C", id);
  CREATE INDEX users_name_prefix ON users (lower(name) COLLATE "C", id);

  CREATE INDEX one_time_tokens_open_invitations ON one_time_tokens (id DESC)
    WHERE purpose = 'invitation' AND used_at IS NULL;

  ALTER TABLE audit_events ADD COLUMN erased_at timestamptz;
  CREATE INDEX jobs_account_email ON jobs (lower(payload->>'email')) WHERE type = 'email.account';

  ALTER TABLE sessions
    ADD COLUMN name varchar(255),
    ADD COLUMN method varchar(20) NOT NULL DEFAULT 'password'
      CHECK (method IN ('password', 'passkey', 'google', 'github', 'apple')),
    ADD COLUMN proved_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN proved_by varchar(20) NOT NULL DEFAULT 'password'
      CHECK (proved_by IN ('password', 'passkey', 'google', 'github', 'apple'));

  ALTER TABLE api_keys
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ALTER COLUMN expires_at SET NOT NULL;

  CREATE TABLE oauth_identities (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    provider varchar(20) NOT NULL CHECK (provider IN ('google', 'github', 'apple')),
    subject varchar(255) NOT NULL,
    email varchar(254),
    last_used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT oauth_identities_subject UNIQUE (provider, subject)
  );
  CREATE INDEX oauth_identities_user_id ON oauth_identities (user_id, created_at DESC);
`;

const down = `
  DROP INDEX one_time_tokens_open_invitations, jobs_account_email, users_deleted_at, users_stopped_at, users_kind_admin, users_kind_inactive,
    users_email_prefix, users_name_prefix;
  ALTER TABLE audit_events DROP COLUMN erased_at;
  DROP TABLE oauth_identities;
  ALTER TABLE api_keys DROP COLUMN version, ALTER COLUMN expires_at DROP NOT NULL;
  ALTER TABLE sessions DROP COLUMN name, DROP COLUMN method, DROP COLUMN proved_at, DROP COLUMN proved_by;
  DELETE FROM users WHERE kind = 'service';
  ALTER TABLE users DROP COLUMN kind, DROP COLUMN owner_id, DROP COLUMN deletion_due_at;
`;
