import {
  PageQuery,
  VersionComparisonDto,
  WorkflowDto,
  WorkflowVersionDto,
  WorkflowVersionSummaryDto,
} from '@app/contracts';
import { Controller, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { VersionNumberPipe } from '../http/validation/version-number.pipe.js';
import { WorkflowChangesService } from './workflow-changes.service.js';
import { WorkflowVersionsService } from './workflow-versions.service.js';

@Scoped('workflows:read')
@Controller('workflows/:id/versions')
export class WorkflowVersionsController {
  constructor(
    private readonly versions: WorkflowVersionsService,
    private readonly changes: WorkflowChangesService,
  ) {}

  /** What the workflow was, the newest first. */
  @PageOf(WorkflowVersionSummaryDto)
  @Get()
  list(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<WorkflowVersionSummaryDto>> {
    return this.versions.list(userId, id, query);
  }

  /** One version with its definition. It never changes. */
  @UseInterceptors(EtagInterceptor)
  @Get(':version')
  get(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Param('version', VersionNumberPipe) version: number,
  ): Promise<WorkflowVersionDto> {
    return this.versions.get(userId, id, version);
  }

  /** What makes the other version out of this one: as a JSON Patch, and by steps. */
  @Get(':version/compare/:other')
  compare(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Param('version', VersionNumberPipe) version: number,
    @Param('other', VersionNumberPipe) other: number,
  ): Promise<VersionComparisonDto> {
    return this.versions.compare(userId, id, version, other);
  }

  /** Makes a new version that says what this one does. */
  @UseInterceptors(EtagInterceptor)
  @HttpCode(200)
  @Scoped('workflows:write')
  @Post(':version/restore')
  restore(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Param('version', VersionNumberPipe) version: number,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<WorkflowDto> {
    return this.changes.restore(userId, id, version, expected);
  }
}
