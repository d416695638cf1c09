import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the owner of a workflow was last mailed about its runs, and by which job. */
export class FailureMails1795000000023 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE workflow_stats ADD failure_mail_at timestamptz, ADD failure_mail_job uuid');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE workflow_stats DROP failure_mail_at, DROP failure_mail_job');
  }
}
