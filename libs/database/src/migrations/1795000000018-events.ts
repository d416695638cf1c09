import type { MigrationInterface, QueryRunner } from 'typeorm';

/** CloudEvents: what came, what is still to be looked at, and what came lately. */
export class Events1795000000018 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

// History leaves by dropping partitions, so `events` has no foreign keys. `pending_events` is the small hot table: a row
// lives until what it starts is committed. `seen_events` is not partitioned, because it has to be unique over time.
const up = `
  CREATE TABLE events (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    type varchar(255) NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    event jsonb NOT NULL,
    depth smallint NOT NULL DEFAULT 0,
    run_id uuid,
    problem varchar(50),
    created_at timestamptz NOT NULL DEFAULT now()
  ) PARTITION BY RANGE (id);
  CREATE TABLE events_default PARTITION OF events DEFAULT;
  CREATE INDEX events_user_id ON events (user_id, id DESC);

  CREATE TABLE pending_events (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);
  CREATE INDEX pending_events_user_id ON pending_events (user_id, id);

  CREATE TABLE seen_events (
    user_id uuid NOT NULL,
    key varchar(64) NOT NULL,
    id uuid NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
  );
  CREATE INDEX seen_events_seen_at ON seen_events (seen_at);
`;

const down = `
  DROP TABLE seen_events;
  DROP TABLE pending_events;
  DROP TABLE events;
`;
