import type { ContentStatus } from '@app/contracts';

/** Content in a list. */
export interface ContentSummaryRow {
  id: string;
  type: string;
  title: string;
  status: ContentStatus;
  published_at: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
}

/** Content with its text. */
export interface ContentRow extends ContentSummaryRow {
  body: string;
  metadata: Record<string, unknown>;
}

/** A revision in a list. */
export interface RevisionSummaryRow {
  content_id: string;
  version: number;
  type: string;
  title: string;
  status: ContentStatus;
  created_at: Date;
}

/** A revision with its text. */
export interface RevisionRow extends RevisionSummaryRow {
  body: string;
  metadata: Record<string, unknown>;
}

export const contentSummaryColumns =
  'id, type, title, status, published_at, version, created_at, updated_at, deleted_at';

/** $1 content, $2 account. */
export const findContentSql = `
SELECT ${contentSummaryColumns}, body, metadata FROM content WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL`;

/** Which version content is at, if an account has it. $1 content, $2 account. */
export const contentVersionSql = `
SELECT version FROM content WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL`;

/** Revisions of content, the newest first. $1 content, $2 the version before which they begin, $3 most rows. */
export const listRevisionsSql = `
SELECT content_id, version, type, title, status, created_at FROM content_revisions
WHERE content_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3`;

/** $1 content, $2 account, $3 version. */
export const findRevisionSql = `
SELECT r.content_id, r.version, r.type, r.title, r.status, r.created_at, r.body, r.metadata
FROM content c JOIN content_revisions r ON r.content_id = c.id
WHERE c.id = $1 AND c.user_id = $2 AND c.deleted_at IS NULL AND r.version = $3`;

/** Whether a change would find something. $1 content, $2 account, $3 whether a deleted one counts, $4 a revision it has, or 0. */
export const changeableContentSql = `
SELECT FROM content c WHERE c.id = $1 AND c.user_id = $2 AND (c.deleted_at IS NULL OR $3)
  AND ($4 = 0 OR EXISTS (SELECT FROM content_revisions r WHERE r.content_id = c.id AND r.version = $4))`;
