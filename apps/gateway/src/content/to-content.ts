import type { ContentDto, ContentRevisionDto, ContentRevisionSummaryDto, ContentSummaryDto } from '@app/contracts';
import type { ContentRow, ContentSummaryRow, RevisionRow, RevisionSummaryRow } from './content.sql.js';

export function toContentSummary(row: ContentSummaryRow): ContentSummaryDto {
  return {
    id: row.id,
    type: row.type,
    title: row.title,
    status: row.status,
    published_at: row.published_at?.toISOString() ?? null,
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    deleted_at: row.deleted_at?.toISOString() ?? null,
  };
}

export function toContent(row: ContentRow): ContentDto {
  return Object.assign(toContentSummary(row), { body: row.body, metadata: row.metadata });
}

export function toRevisionSummary(row: RevisionSummaryRow): ContentRevisionSummaryDto {
  return {
    content_id: row.content_id,
    version: row.version,
    type: row.type,
    title: row.title,
    status: row.status,
    created_at: row.created_at.toISOString(),
  };
}

export function toRevision(row: RevisionRow): ContentRevisionDto {
  return Object.assign(toRevisionSummary(row), { body: row.body, metadata: row.metadata });
}
