import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deliveries are taken owner by owner: what is due of one is found without passing what waits of the others. */
export class FairDeliveries1795000000041 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX jobs_deliveries ON jobs (user_id, run_at) WHERE type = 'event.deliver' AND status = 'queued'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX jobs_deliveries');
  }
}
