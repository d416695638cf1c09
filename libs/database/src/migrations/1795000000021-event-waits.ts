import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that steps of runs wait for. */
export class EventWaits1795000000021 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE event_waits');
  }
}

// A row lives while its step is parked. Like all that belongs to a run it has no foreign key to it. Words and patterns
// have an index each: an event's type is looked up among the words, patterns are compared one by one.
const up = `
  CREATE TABLE event_waits (
    id uuid PRIMARY KEY,
    run_id uuid NOT NULL,
    user_id uuid NOT NULL,
    path text NOT NULL,
    type varchar(255) NOT NULL,
    source text,
    filter text,
    context jsonb,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX event_waits_run_id ON event_waits (run_id);
  CREATE INDEX event_waits_words ON event_waits (user_id, type, id) WHERE type NOT LIKE '%*';
  CREATE INDEX event_waits_patterns ON event_waits (user_id, id) WHERE type LIKE '%*';
`;
