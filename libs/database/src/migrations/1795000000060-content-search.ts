import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Content is searched by its words, and listed without reading what is deleted, or the deleted ones alone. */
export class ContentSearch1795000000060 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

// The owner is a word of each row, and so are type and status, so that the index finds the rows that are somebody's, are asked for and
// have a word, however many others have it too. No text has the owner's word: a parsed one has no colon inside. Of the body the beginning is enough, and a tsvector
// holds a megabyte at most. Without a pending list, which each search would read.
// The live and the deleted ones are two ranges of each index: a column says which, because a total is counted in an index alone
// only by columns.
const up = `
  ALTER TABLE content ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', left(body, 100000)), 'B')
      || array_to_tsvector(ARRAY['owner:' || user_id::text, 'type:' || type, 'status:' || status])
  ) STORED,
    ADD COLUMN is_deleted boolean NOT NULL GENERATED ALWAYS AS (deleted_at IS NOT NULL) STORED;
  CREATE INDEX content_search ON content USING gin (search) WITH (fastupdate = off);

  DROP INDEX content_user_id, content_type, content_status, content_type_status;
  CREATE INDEX content_user_id ON content (user_id, is_deleted, created_at DESC, id DESC);
  CREATE INDEX content_type ON content (user_id, is_deleted, type, created_at DESC, id DESC);
  CREATE INDEX content_status ON content (user_id, is_deleted, status, created_at DESC, id DESC);
  CREATE INDEX content_type_status
    ON content (user_id, is_deleted, type, status, created_at DESC, id DESC);
`;

const down = `
  DROP INDEX content_user_id, content_type, content_status, content_type_status;
  CREATE INDEX content_user_id ON content (user_id, created_at DESC, id DESC);
  CREATE INDEX content_type ON content (user_id, type, created_at DESC, id DESC);
  CREATE INDEX content_status ON content (user_id, status, created_at DESC, id DESC);
  CREATE INDEX content_type_status ON content (user_id, type, status, created_at DESC, id DESC);
  DROP INDEX content_search;
  ALTER TABLE content DROP COLUMN search, DROP COLUMN is_deleted;
`;
