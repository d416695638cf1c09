import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What programs of the users' own look for when they poll. */
export class Tasks1795000000012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX jobs_tasks ON jobs (user_id, (payload->>'queue'), priority, run_at)
        WHERE type = 'external.task' AND status = 'queued'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX jobs_tasks');
  }
}
