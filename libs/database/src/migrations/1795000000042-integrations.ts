import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Integrations are kept and used (docs/adr/0029-integrations.md): one of any other API is a type of its own, credentials have
 * a version that their ciphertext belongs to, and lists are in the order of ids like all others.
 */
export class Integrations1795000000042 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE integrations
        DROP CONSTRAINT integrations_type_check,
        ADD CONSTRAINT integrations_type_check CHECK (type IN (
          'google', 'github', 'slack', 'stripe', 'notion', 'airtable', 'survey', 'captcha', 'http')),
        ADD COLUMN credentials_version integer NOT NULL DEFAULT 0;
      DROP INDEX integrations_user_id, integrations_type, integrations_status;
      CREATE INDEX integrations_user_id ON integrations (user_id, id DESC);
      CREATE INDEX integrations_type ON integrations (user_id, type, id DESC);
      CREATE INDEX integrations_status ON integrations (user_id, status, id DESC)`);
  }

  /** The release before knows no integration of type http, nor how to open what was sealed since. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM integrations WHERE type = 'http';
      UPDATE integrations SET credentials = NULL;
      DROP INDEX integrations_user_id, integrations_type, integrations_status;
      CREATE INDEX integrations_user_id ON integrations (user_id, created_at DESC, id DESC);
      CREATE INDEX integrations_type ON integrations (user_id, type, created_at DESC, id DESC);
      CREATE INDEX integrations_status ON integrations (user_id, status, created_at DESC, id DESC);
      ALTER TABLE integrations
        DROP COLUMN credentials_version,
        DROP CONSTRAINT integrations_type_check,
        ADD CONSTRAINT integrations_type_check CHECK (type IN (
          'google', 'github', 'slack', 'stripe', 'notion', 'airtable', 'survey', 'captcha'))`);
  }
}
