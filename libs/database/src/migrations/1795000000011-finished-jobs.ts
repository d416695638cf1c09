import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jobs that are over are found by their age. */
export class FinishedJobs1795000000011 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX jobs_finished ON jobs (updated_at) WHERE status IN ('succeeded', 'failed', 'cancelled', 'in_doubt')`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX jobs_finished');
  }
}
