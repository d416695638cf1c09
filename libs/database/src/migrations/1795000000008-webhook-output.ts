import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs that somebody waits for: whoever ends one says so at once. */
export class WebhookOutput1795000000008 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE claims ADD COLUMN watched boolean NOT NULL DEFAULT false');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE claims DROP COLUMN watched');
  }
}
