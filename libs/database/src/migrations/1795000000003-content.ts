import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people keep on the platform: content and its revisions, integrations and what they pulled, secrets, sites. */
export class Content1795000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(content);
    await queryRunner.query(integrations);
    await queryRunner.query(secrets);
    await queryRunner.query(sites);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE sites, secrets, integration_items, integrations, content_revisions, content`);
  }
}

// One index per combination of filters, each ending in the sort order of the list, so that a page is one index range.
const content = `
  CREATE TABLE content (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    type varchar(50) NOT NULL,
    title varchar(255) NOT NULL,
    body text NOT NULL DEFAULT '',
    metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    status varchar(20) NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
    published_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  );
  CREATE INDEX content_user_id ON content (user_id, created_at DESC, id DESC);
  CREATE INDEX content_type ON content (user_id, type, created_at DESC, id DESC);
  CREATE INDEX content_status ON content (user_id, status, created_at DESC, id DESC);
  CREATE INDEX content_type_status ON content (user_id, type, status, created_at DESC, id DESC);
  CREATE INDEX content_deleted_at ON content (deleted_at) WHERE deleted_at IS NOT NULL;

  CREATE TABLE content_revisions (
    id uuid PRIMARY KEY,
    content_id uuid NOT NULL REFERENCES content ON DELETE CASCADE,
    version integer NOT NULL,
    type varchar(50) NOT NULL,
    title varchar(255) NOT NULL,
    body text NOT NULL,
    metadata jsonb NOT NULL,
    status varchar(20) NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT content_revisions_version UNIQUE (content_id, version)
  );
`;

const integrations = `
  CREATE TABLE integrations (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    type varchar(20) NOT NULL
      CHECK (type IN ('google', 'github', 'slack', 'stripe', 'notion', 'airtable', 'survey', 'captcha')),
    name varchar(255) NOT NULL,
    config jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
    credentials text,
    status varchar(20) NOT NULL DEFAULT 'inactive' CHECK (status IN ('active', 'inactive', 'error')),
    last_sync_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  );
  CREATE INDEX integrations_user_id ON integrations (user_id, created_at DESC, id DESC);
  CREATE INDEX integrations_type ON integrations (user_id, type, created_at DESC, id DESC);
  CREATE INDEX integrations_status ON integrations (user_id, status, created_at DESC, id DESC);
  CREATE INDEX integrations_deleted_at ON integrations (deleted_at) WHERE deleted_at IS NOT NULL;

  CREATE TABLE integration_items (
    id uuid PRIMARY KEY,
    integration_id uuid NOT NULL REFERENCES integrations ON DELETE CASCADE,
    kind varchar(50) NOT NULL,
    external_id varchar(255) NOT NULL,
    data jsonb NOT NULL,
    data_hash varchar(64) NOT NULL,
    external_updated_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT integration_items_external_id UNIQUE (integration_id, kind, external_id)
  );
  CREATE INDEX integration_items_created_at ON integration_items (integration_id, created_at DESC, id DESC);
`;

const secrets = `
  CREATE TABLE secrets (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name varchar(100) NOT NULL,
    value text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT secrets_name UNIQUE (user_id, name)
  );
`;

// An origin belongs to whoever proved control of it last; two people may register it, one can be verified at a time.
const sites = `
  CREATE TABLE sites (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    origin varchar(255) NOT NULL,
    verification_token varchar(64) NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'verified', 'failed')),
    verified_at timestamptz,
    checked_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sites_origin UNIQUE (user_id, origin)
  );
  CREATE UNIQUE INDEX sites_verified_origin ON sites (origin) WHERE status = 'verified';
  CREATE INDEX sites_checked_at ON sites (checked_at) WHERE status = 'verified';
`;
