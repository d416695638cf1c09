import { ContentStatus, type ContentDto, type CreateContentDto } from '@app/contracts';
import { changeContentSql, contentChangeRow, type ContentChange, type ContentFields } from '@app/database';
import { CommandBus } from '@app/messaging';
import { currentContext } from '@app/observability';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { auditActor } from '../audit/audit.service.js';
import type { Change } from '../http/access/change.js';
import type { ExpectedVersions } from '../http/if-match.decorator.js';
import { problem } from '../http/problems/problem.js';
import { ContentService } from './content.service.js';
import { changeableContentSql, type ContentRow } from './content.sql.js';
import { toContent } from './to-content.js';

type WantedChange = Omit<ContentChange, 'userId' | 'actor' | 'depth'>;

/** Writes to content. Each is one statement: row, revision, events and audit together (ADR 38). */
@Injectable()
export class ContentChangesService {
  constructor(
    private readonly pool: Pool,
    private readonly content: ContentService,
    private readonly bus: CommandBus<'gateway'>,
  ) {}

  /** Once for each id: asked again for one that is there, it answers with that. */
  async create(
    id: string,
    { type, title, body, metadata, status }: CreateContentDto,
    change: Change,
  ): Promise<ContentDto> {
    const fields = given({ type, title, body, metadata, status });
    const row = await this.write({ op: 'create', contentId: id, fields }, change);
    return row === undefined ? this.content.get(change.caller.userId, id) : toContent(row);
  }

  /** Sets what is given. @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  update(id: string, fields: Partial<Given>, expected: ExpectedVersions, change: Change): Promise<ContentDto> {
    return this.changed({ op: 'update', contentId: id, fields: given(fields), expected }, change);
  }

  /** Publishes it, unless it is published. @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  publish(id: string, expected: ExpectedVersions, change: Change): Promise<ContentDto> {
    return this.update(id, { status: ContentStatus.Published }, expected, change);
  }

  /** Gives it the text of a revision; whether it is published stays. @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  revert(id: string, revision: number, expected: ExpectedVersions, change: Change): Promise<ContentDto> {
    return this.changed({ op: 'revert', contentId: id, revision, expected }, change);
  }

  /** Takes it out of sight. @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  async remove(id: string, expected: ExpectedVersions, change: Change): Promise<void> {
    await this.changed({ op: 'delete', contentId: id, expected }, change);
  }

  /** Takes it back from deletion, as long as it is there. @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  restore(id: string, expected: ExpectedVersions, change: Change): Promise<ContentDto> {
    return this.changed({ op: 'restore', contentId: id, expected }, change);
  }

  private async changed(wanted: WantedChange, change: Change): Promise<ContentDto> {
    const row = await this.write(wanted, change);
    return row === undefined ? this.refuse(wanted, change) : toContent(row);
  }

  /** Of what could be changed it was the version that did not match. */
  private async refuse({ op, contentId, expected, revision = 0 }: WantedChange, { caller }: Change): Promise<never> {
    const values = [contentId, caller.userId, op === 'restore', revision];
    const { rowCount } = await this.pool.query(changeableContentSql, values);
    throw problem(rowCount === 1 && expected !== undefined ? 'PRECONDITION_FAILED' : 'NOT_FOUND');
  }

  private async write(wanted: WantedChange, { caller, device }: Change): Promise<ContentRow | undefined> {
    const actor = { ...auditActor(caller), ...device, requestId: currentContext().requestId };
    const row = contentChangeRow({ ...wanted, userId: caller.userId, actor, depth: 0 });
    const { rows } = await this.pool.query<ContentRow & { events: number }>(changeContentSql, [JSON.stringify([row])]);
    const count = rows[0]?.events ?? 0;
    if (count > 0) this.bus.publish('events.waiting', { count });
    return rows[0];
  }
}

type Given = { [K in keyof ContentFields]-?: ContentFields[K] | undefined };

/** The members that have a value. */
function given(fields: Partial<Given>): ContentFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
