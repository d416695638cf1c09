import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When cron workflows fire next, and which fires there were. */
export class Schedules1795000000007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE schedule_fires, schedules');
  }
}

// next_at is null while the schedule stands still: its workflow is inactive, deleted or not of the kind cron.
// The primary key of schedule_fires is what makes one fire one run; it refers to schedules, whose row is locked by whoever
// adds to it, and not to workflows, whose row a change of the definition holds.
const up = `
  CREATE TABLE schedules (
    workflow_id uuid PRIMARY KEY REFERENCES workflows ON DELETE CASCADE,
    cron varchar(255) NOT NULL,
    timezone varchar(100) NOT NULL,
    overlap varchar(20) NOT NULL CHECK (overlap IN ('skip', 'queue', 'allow', 'cancel')),
    catch_up varchar(20) NOT NULL CHECK (catch_up IN ('none', 'last', 'all')),
    catch_up_window_s integer NOT NULL,
    next_at timestamptz,
    paused_at timestamptz,
    note varchar(500),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX schedules_due ON schedules (next_at) WHERE next_at IS NOT NULL AND paused_at IS NULL;

  CREATE TABLE schedule_fires (
    workflow_id uuid NOT NULL REFERENCES schedules ON DELETE CASCADE,
    scheduled_for timestamptz NOT NULL,
    kind varchar(20) NOT NULL CHECK (kind IN ('fire', 'backfill')),
    status varchar(20) NOT NULL CHECK (status IN ('queued', 'started', 'skipped')),
    overlap varchar(20) NOT NULL CHECK (overlap IN ('skip', 'queue', 'allow', 'cancel')),
    run_id uuid UNIQUE,
    reason varchar(20) CHECK (reason IN ('late', 'overlap', 'queue_full', 'superseded', 'stopped')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workflow_id, scheduled_for),
    CONSTRAINT schedule_fires_started CHECK ((status = 'started') = (run_id IS NOT NULL)),
    CONSTRAINT schedule_fires_skipped CHECK ((status = 'skipped') = (reason IS NOT NULL))
  );
  CREATE INDEX schedule_fires_queued ON schedule_fires (workflow_id, scheduled_for) WHERE status = 'queued';
  CREATE INDEX schedule_fires_scheduled_for ON schedule_fires (scheduled_for);
`;
