import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs whose workflow has limits: who waits, who has been let in, and when. */
export class Limits1795000000026 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

// A claim waits in its workflow's queue while it has an order in it; then no index but `claims_queued` leads to it, except
// when somebody asked to cancel it. Slots have no foreign key to claims: one outlives its run's claim when nobody knows
// whether a call is open. Keys are hashes: what they were made of may be personal.
const up = `
  ALTER TABLE claims ADD queue_order timestamptz, ADD slot_key text COLLATE "C", ADD rate_key text COLLATE "C";
  CREATE INDEX claims_queued ON claims (workflow_id, slot_key, rate_key, queue_order)
    WHERE owner IS NULL AND queue_order IS NOT NULL AND cancel_requested_at IS NULL;
  DROP INDEX claims_due;
  CREATE INDEX claims_due ON claims (run_at)
    WHERE owner IS NULL AND epoch > 0 AND (queue_order IS NULL OR cancel_requested_at IS NOT NULL);

  CREATE TABLE workflow_limits (
    workflow_id uuid PRIMARY KEY REFERENCES workflows (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    version integer NOT NULL,
    max integer,
    stays boolean NOT NULL,
    grace_ms integer NOT NULL,
    rate_max integer,
    per_ms bigint,
    look_at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 60);
  CREATE INDEX workflow_limits_look_at ON workflow_limits (look_at);

  CREATE TABLE run_slots (
    run_id uuid PRIMARY KEY,
    workflow_id uuid NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
    key text COLLATE "C" NOT NULL,
    owner uuid,
    epoch integer NOT NULL,
    stays boolean NOT NULL,
    grace_ms integer NOT NULL,
    held_until timestamptz,
    freed boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);
  CREATE INDEX run_slots_key ON run_slots (workflow_id, key);
  CREATE INDEX run_slots_freed ON run_slots (workflow_id) WHERE freed;

  CREATE TABLE rate_starts (
    workflow_id uuid NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
    key text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    starts integer NOT NULL,
    PRIMARY KEY (workflow_id, key, at)
  );
  CREATE INDEX rate_starts_at ON rate_starts (at);
`;

const down = `
  DROP TABLE workflow_limits, run_slots, rate_starts;
  DROP INDEX claims_queued, claims_due;
  ALTER TABLE claims DROP queue_order, DROP slot_key, DROP rate_key;
  CREATE INDEX claims_due ON claims (run_at) WHERE owner IS NULL AND epoch > 0;
`;
