import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs are found by a tag and by a correlation id. */
export class FindRuns1795000000009 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX workflow_runs_tags, workflow_runs_correlation_id');
  }
}

// Partial, so that a run that has neither costs nothing. Whoever looks for a tag says `tags <> '{}'` besides.
const up = `
  CREATE INDEX workflow_runs_correlation_id ON workflow_runs (user_id, correlation_id, id DESC)
    WHERE correlation_id IS NOT NULL;
  CREATE INDEX workflow_runs_tags ON workflow_runs USING gin (tags) WHERE tags <> '{}';
`;
