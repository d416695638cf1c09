import type { MigrationInterface, QueryRunner } from 'typeorm';

/** CloudEvents out: who wants which events where, and what became of each for each of them. */
export class EventSubscriptions1795000000022 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

// `event_deliveries` names an event of the partitioned history, so it has no foreign key to it. Its unique index is what
// makes one delivery of an event and a subscription.
const up = `
  CREATE TABLE event_subscriptions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    types varchar(255)[] NOT NULL,
    filter text,
    url text NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    disabled_reason varchar(20) CHECK (disabled_reason IN ('requested', 'gone', 'failures')),
    secret text NOT NULL,
    previous_secret text,
    previous_secret_until timestamptz,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    held_until timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT event_subscriptions_disabled CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL))
  );
  CREATE INDEX event_subscriptions_user_id ON event_subscriptions (user_id, id DESC);

  CREATE TABLE event_deliveries (
    id uuid PRIMARY KEY,
    subscription_id uuid NOT NULL REFERENCES event_subscriptions ON DELETE CASCADE,
    event_id uuid NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    response_status smallint,
    error text,
    asked_at timestamptz NOT NULL DEFAULT now(),
    last_attempt_at timestamptz,
    next_attempt_at timestamptz DEFAULT now(),
    delivered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT event_deliveries_event UNIQUE (subscription_id, event_id)
  );
  CREATE INDEX event_deliveries_subscription_id ON event_deliveries (subscription_id, id DESC);
  CREATE INDEX event_deliveries_created_at ON event_deliveries (created_at);
`;

const down = `
  DROP TABLE event_deliveries;
  DROP TABLE event_subscriptions;
`;
