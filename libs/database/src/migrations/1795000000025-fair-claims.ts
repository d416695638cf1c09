import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What never began is found by owner, what is due again by time. */
export class FairClaims1795000000025 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

// Each free claim is in one of the two, so writing a claim costs what it cost. The names of owners are read off the first
// one: a run that is parked is not in it.
const up = `
  CREATE INDEX claims_fresh ON claims (user_id, run_at) WHERE owner IS NULL AND epoch = 0;
  CREATE INDEX claims_due ON claims (run_at) WHERE owner IS NULL AND epoch > 0;
  DROP INDEX claims_ready;
`;

const down = `
  CREATE INDEX claims_ready ON claims (run_at) WHERE owner IS NULL;
  DROP INDEX claims_fresh, claims_due;
`;
