import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which runs refer to which values in blob storage (docs/adr/0025-large-values.md). */
export class RunBlobs1795000000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE run_blobs (
        id uuid NOT NULL,
        run_id uuid NOT NULL,
        user_id uuid NOT NULL,
        bytes integer NOT NULL,
        status varchar(20) NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'kept', 'doomed')),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (id, run_id)
      );
      CREATE INDEX run_blobs_run_id ON run_blobs (run_id, id);
      CREATE INDEX run_blobs_user_id ON run_blobs (user_id) INCLUDE (id, bytes, status);
      CREATE INDEX run_blobs_new ON run_blobs (created_at) WHERE status = 'new';
      CREATE INDEX run_blobs_doomed ON run_blobs (id) WHERE status = 'doomed';
      ALTER TABLE workflow_runs ADD input_blob jsonb, ADD output_blob jsonb;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE workflow_runs DROP input_blob, DROP output_blob; DROP TABLE run_blobs');
  }
}
