import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when providers want no calls of an account (docs/adr/0019-provider-pauses.md). */
export class ProviderPauses1795000000034 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE provider_pauses (
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        account varchar(255) NOT NULL,
        until timestamptz NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, account)
      );
      CREATE INDEX provider_pauses_changed_at ON provider_pauses (changed_at);
      CREATE INDEX provider_pauses_until ON provider_pauses (until);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE provider_pauses');
  }
}
