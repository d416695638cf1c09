import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Jobs that nobody has taken and no run wants any more. Whoever looks for them each second would otherwise read all that wait,
 * and of tasks for programs of the users' own a hundred thousand may.
 */
export class UnwantedJobs1795000000051 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX jobs_unwanted ON jobs (id) WHERE status = 'queued' AND cancel_requested_at IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX jobs_unwanted');
  }
}
