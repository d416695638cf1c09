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

// What a session was proved with is kept apart from when it began: a later proof (step-up) is for sensitive actions.
const up = `
  ALTER TABLE users
    ADD COLUMN kind varchar(20) NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service')),
    ADD COLUMN owner_id uuid REFERENCES users ON DELETE CASCADE,
    ADD COLUMN deletion_due_at timestamptz,
    ADD CONSTRAINT users_service_has_owner CHECK ((kind = 'service') = (owner_id IS NOT NULL));
  CREATE INDEX users_owner_id ON users (owner_id, id DESC);
  CREATE INDEX users_deletion_due_at ON users (deletion_due_at) WHERE deletion_due_at IS NOT NULL;

  ALTER TABLE sessions
    ADD COLUMN name varchar(255),
    ADD COLUMN method varchar(20) NOT NULL DEFAULT 'password'
      CHECK (method IN ('password', 'passkey', 'google', 'github', 'apple')),
    ADD COLUMN proved_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN proved_by varchar(20) NOT NULL DEFAULT 'password'
      CHECK (proved_by IN ('password', 'passkey', 'google', 'github', 'apple'));

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
  DROP TABLE oauth_identities;
  ALTER TABLE sessions DROP COLUMN name, DROP COLUMN method, DROP COLUMN proved_at, DROP COLUMN proved_by;
  DELETE FROM users WHERE kind = 'service';
  ALTER TABLE users DROP COLUMN kind, DROP COLUMN owner_id, DROP COLUMN deletion_due_at;
`;
