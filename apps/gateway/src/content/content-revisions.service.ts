import { notFound, type ContentRevisionDto, type ContentRevisionSummaryDto, type PageQuery } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { decodeCursor, pageOf, type Page } from '../http/paging.js';
import { ContentService } from './content.service.js';
import { findRevisionSql, listRevisionsSql, type RevisionRow, type RevisionSummaryRow } from './content.sql.js';
import { toRevision, toRevisionSummary } from './to-content.js';

/** What content was at each of its versions. */
@Injectable()
export class ContentRevisionsService {
  constructor(
    private readonly pool: Pool,
    private readonly content: ContentService,
  ) {}

  /**
   * The newest first. Each version has its revision, so that the newest number is the total.
   * @throws AppError NOT_FOUND
   */
  async list(userId: string, id: string, query: PageQuery): Promise<Page<ContentRevisionSummaryDto>> {
    const newest = await this.content.version(userId, id);
    const { cursor, page, limit } = query;
    const before =
      cursor === undefined ? newest + 1 - (page - 1) * limit : Number(decodeCursor(cursor, isVersionKey)[0]);
    const { rows } = await this.pool.query<RevisionSummaryRow>(listRevisionsSql, [id, before, limit + 1]);
    const total = cursor === undefined ? newest : undefined;
    return pageOf(rows.map(toRevisionSummary), query, total, ({ version }) => [String(version)]);
  }

  /** @throws AppError NOT_FOUND */
  async get(userId: string, id: string, version: number): Promise<ContentRevisionDto> {
    const [row] = (await this.pool.query<RevisionRow>(findRevisionSql, [id, userId, version])).rows;
    if (row === undefined) throw notFound('revision');
    return toRevision(row);
  }
}

function isVersionKey(key: unknown): key is [string] {
  return Array.isArray(key) && key.length === 1 && typeof key[0] === 'string' && /^\d{1,9}$/.test(key[0]);
}
