import { notFound, type ContentDto, type ContentListQuery, type ContentSummaryDto } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { decodeCursor, pageOf, type Page } from '../http/paging.js';
import { contentPage, contentTotal, isContentKey, type ListedContentRow } from './content-list.sql.js';
import { contentVersionSql, findContentSql, type ContentRow } from './content.sql.js';
import { toContent, toContentSummary } from './to-content.js';

/** What people write and keep here, as its owner sees it. */
@Injectable()
export class ContentService {
  constructor(private readonly pool: Pool) {}

  /** The newest first; of a search the best matches. */
  async list(userId: string, query: ContentListQuery): Promise<Page<ContentSummaryDto>> {
    const { cursor, q } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, isContentKey(q !== undefined));
    const { rows } = await this.pool.query<ListedContentRow>(contentPage(userId, query, after));
    const total = after === undefined ? await this.total(userId, query) : undefined;
    const { data, ...page } = pageOf(rows, query, total, ({ place, id, rank }) =>
      rank === null ? [place, id] : [place, id, rank],
    );
    return { ...page, data: data.map(toContentSummary) };
  }

  /** @throws AppError NOT_FOUND */
  async get(userId: string, id: string): Promise<ContentDto> {
    const [row] = (await this.pool.query<ContentRow>(findContentSql, [id, userId])).rows;
    if (row === undefined) throw notFound('content');
    return toContent(row);
  }

  /** Which version it is at. @throws AppError NOT_FOUND */
  async version(userId: string, id: string): Promise<number> {
    const [row] = (await this.pool.query<{ version: number }>(contentVersionSql, [id, userId])).rows;
    if (row === undefined) throw notFound('content');
    return row.version;
  }

  private async total(userId: string, query: ContentListQuery): Promise<number> {
    return (await this.pool.query<{ total: number }>(contentTotal(userId, query))).rows[0]?.total ?? 0;
  }
}
