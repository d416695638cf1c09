import {
  CreateIntegrationDto,
  IntegrationDto,
  IntegrationListQuery,
  ReplaceIntegrationDto,
  type IntegrationTypesDto,
} from '@app/contracts';
import { integrationTypeViews } from '@app/providers';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseInterceptors } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { IntegrationsService } from './integrations.service.js';

@Scoped('integrations:read')
@Controller('integrations')
export class IntegrationsController {
  /** The same for everybody, and as long as the process lives. */
  private readonly all = { types: integrationTypeViews() };

  constructor(private readonly integrations: IntegrationsService) {}

  /** The caller's integrations, the newest first. */
  @PageOf(IntegrationDto)
  @Get()
  list(@CurrentUser() { userId }: Caller, @Query() query: IntegrationListQuery): Promise<Page<IntegrationDto>> {
    return this.integrations.list(userId, query);
  }

  /** The types and the JSON Schema of what each needs, from the rules that integrations are checked with. */
  @Get('types')
  types(): IntegrationTypesDto {
    return this.all;
  }

  /** Keeps an integration. Its credentials are sealed, and never shown. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('integrations:write')
  @Post()
  create(
    @Body() body: CreateIntegrationDto,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<IntegrationDto> {
    return this.integrations.create(body, { caller, device });
  }

  /** One integration. */
  @UseInterceptors(EtagInterceptor)
  @Get(':id')
  get(@Param('id', IdPipe) id: string, @CurrentUser() { userId }: Caller): Promise<IntegrationDto> {
    return this.integrations.get(userId, id);
  }

  /** Replaces name, config and status; the credentials too when they are given. The next step that uses it sees that. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('integrations:write')
  @Put(':id')
  replace(
    @Param('id', IdPipe) id: string,
    @Body() body: ReplaceIntegrationDto,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<IntegrationDto> {
    return this.integrations.replace(id, body, expected, { caller, device });
  }

  /** Deletes an integration and forgets its credentials. Steps that use it fail from now on. */
  @HttpCode(204)
  @Scoped('integrations:write')
  @Delete(':id')
  remove(
    @Param('id', IdPipe) id: string,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<void> {
    return this.integrations.remove(id, expected, { caller, device });
  }
}
