import { ContentDto, ContentRevisionDto, ContentRevisionSummaryDto, PageQuery } from '@app/contracts';
import { Controller, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { VersionNumberPipe } from '../http/validation/version-number.pipe.js';
import { ContentChangesService } from './content-changes.service.js';
import { ContentRevisionsService } from './content-revisions.service.js';

@Scoped('content:read')
@Controller('content/:id/revisions')
export class ContentRevisionsController {
  constructor(
    private readonly revisions: ContentRevisionsService,
    private readonly changes: ContentChangesService,
  ) {}

  /** What the content was, the newest first. */
  @PageOf(ContentRevisionSummaryDto)
  @Get()
  list(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ContentRevisionSummaryDto>> {
    return this.revisions.list(userId, id, query);
  }

  /** One revision with its text. It never changes. */
  @UseInterceptors(EtagInterceptor)
  @Get(':version')
  get(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Param('version', VersionNumberPipe) version: number,
  ): Promise<ContentRevisionDto> {
    return this.revisions.get(userId, id, version);
  }

  /** Makes a new version that says what this one does. Whether it is published stays as it is. */
  @UseInterceptors(EtagInterceptor)
  @HttpCode(200)
  @Scoped('content:write')
  @Post(':version/restore')
  restore(
    @Param('id', IdPipe) id: string,
    @Param('version', VersionNumberPipe) version: number,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<ContentDto> {
    return this.changes.revert(id, version, expected, { caller, device });
  }
}
