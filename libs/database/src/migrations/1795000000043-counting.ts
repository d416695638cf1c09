import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Replicas agree on how they count the calls of integrations: together, or each by itself (docs/adr/0029-integrations.md).
 * NULL says that one makes no such calls, as those of the release before.
 */
export class Counting1795000000043 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE replicas ADD COLUMN counts_apart boolean');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE replicas DROP COLUMN counts_apart');
  }
}
