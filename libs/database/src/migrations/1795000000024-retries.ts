import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a run was retried is found by its id. */
export class Retries1795000000024 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX workflow_runs_retry_of');
  }
}

// Partial, so that a run that retries none costs nothing.
const up = 'CREATE INDEX workflow_runs_retry_of ON workflow_runs (retry_of) WHERE retry_of IS NOT NULL';
