import {
  ContentDto,
  ContentListQuery,
  ContentPatchDto,
  ContentSummaryDto,
  CreateContentDto,
  ReplaceContentDto,
} from '@app/contracts';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { MadeId } from '../http/idempotency/made-id.decorator.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { ContentChangesService } from './content-changes.service.js';
import { ContentService } from './content.service.js';

@Scoped('content:read')
@Controller('content')
export class ContentController {
  constructor(
    private readonly content: ContentService,
    private readonly changes: ContentChangesService,
  ) {}

  /** The caller's content, the newest first; with `q` the best matches first. */
  @PageOf(ContentSummaryDto)
  @Get()
  list(@CurrentUser() { userId }: Caller, @Query() query: ContentListQuery): Promise<Page<ContentSummaryDto>> {
    return this.content.list(userId, query);
  }

  /** Makes content, a draft unless it says otherwise. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('content:write')
  @Post()
  create(
    @Body() body: CreateContentDto,
    @MadeId() id: string,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<ContentDto> {
    return this.changes.create(id, body, { caller, device });
  }

  /** One piece of content with its text. */
  @UseInterceptors(EtagInterceptor)
  @Get(':id')
  get(@CurrentUser() { userId }: Caller, @Param('id', IdPipe) id: string): Promise<ContentDto> {
    return this.content.get(userId, id);
  }

  /** Replaces everything but the status, which stays unless it is given. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('content:write')
  @Put(':id')
  replace(
    @Param('id', IdPipe) id: string,
    @Body() { type, title, body, metadata, status }: ReplaceContentDto,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<ContentDto> {
    return this.changes.update(id, { type, title, body, metadata, status }, expected, { caller, device });
  }

  /** Replaces the given fields. A status `draft` takes a publication back, `archived` puts the content away. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('content:write')
  @Patch(':id')
  patch(
    @Param('id', IdPipe) id: string,
    @Body() { type, title, body, metadata, status }: ContentPatchDto,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<ContentDto> {
    return this.changes.update(id, { type, title, body, metadata, status }, expected, { caller, device });
  }

  /** Deletes content. For 30 days it can be restored; then it is gone with its revisions. */
  @HttpCode(204)
  @Scoped('content:write')
  @Delete(':id')
  remove(
    @Param('id', IdPipe) id: string,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<void> {
    return this.changes.remove(id, expected, { caller, device });
  }

  /** Takes content back from deletion. */
  @UseInterceptors(EtagInterceptor)
  @HttpCode(200)
  @Scoped('content:write')
  @Post(':id/restore')
  restore(
    @Param('id', IdPipe) id: string,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<ContentDto> {
    return this.changes.restore(id, expected, { caller, device });
  }

  /** Publishes content. When it was published for the first time stays, however often it is done again. */
  @UseInterceptors(EtagInterceptor)
  @HttpCode(200)
  @Scoped('content:write')
  @Post(':id/publish')
  publish(
    @Param('id', IdPipe) id: string,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<ContentDto> {
    return this.changes.publish(id, expected, { caller, device });
  }
}
