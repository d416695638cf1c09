import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs that start runs and wait for them, and signals. */
export class Engine1795000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(childRuns);
    await queryRunner.query(`
      ALTER TABLE run_inbox DROP CONSTRAINT run_inbox_kind_check;
      ALTER TABLE run_inbox ADD CONSTRAINT run_inbox_kind_check CHECK (kind IN ('resolution', 'signal', 'event'))`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE child_runs;
      DELETE FROM run_inbox WHERE kind <> 'resolution';
      ALTER TABLE run_inbox DROP CONSTRAINT run_inbox_kind_check;
      ALTER TABLE run_inbox ADD CONSTRAINT run_inbox_kind_check CHECK (kind IN ('resolution'))`);
  }
}

// One row for each run that another run waits for. Whoever ends the child writes its status here and not to the
// parent's claim: two commits that each lock rows of the other's batch would wait for one another. The delivery wakes
// the parent, and passes a cancellation on, in statements of its own.
const childRuns = `
  CREATE TABLE child_runs (
    run_id uuid PRIMARY KEY,
    retention smallint,
    parent_id uuid NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'running'
      CHECK (status IN ('running', 'completed', 'failed', 'cancelled', 'refused')),
    cancel_requested_at timestamptz,
    cancel_delivered_at timestamptz,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX child_runs_parent_id ON child_runs (parent_id);
  CREATE INDEX child_runs_undelivered ON child_runs (run_id) WHERE status <> 'running' AND delivered_at IS NULL;
  CREATE INDEX child_runs_unwanted ON child_runs (run_id)
    WHERE cancel_requested_at IS NOT NULL AND cancel_delivered_at IS NULL;
`;
