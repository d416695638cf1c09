import { ApiKeyDto, CreateApiKeyDto, CreatedApiKeyDto, PageQuery, RenameApiKeyDto } from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseInterceptors } from '@nestjs/common';
import { Authenticated, StepUp } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { ApiKeysService } from './api-keys.service.js';

/** For people only: no key makes another one, or outlives its revocation by doing so. */
@Authenticated()
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  /** The caller's keys that are not revoked, the newest first. */
  @PageOf(ApiKeyDto)
  @Get()
  list(@CurrentUser() { userId }: Caller, @Query() query: PageQuery): Promise<Page<ApiKeyDto>> {
    return this.keys.list(userId, query);
  }

  /** Makes a key. The answer shows it this once. */
  @StepUp()
  @UseInterceptors(EtagInterceptor)
  @Post()
  create(
    @Body() body: CreateApiKeyDto,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<CreatedApiKeyDto> {
    return this.keys.create(caller.userId, body, { caller, device });
  }

  /** One key, without the key itself. */
  @UseInterceptors(EtagInterceptor)
  @Get(':id')
  get(@Param('id', IdPipe) keyId: string, @CurrentUser() { userId }: Caller): Promise<ApiKeyDto> {
    return this.keys.get({ userId, keyId });
  }

  /** Gives a key another name. */
  @UseInterceptors(EtagInterceptor)
  @Patch(':id')
  rename(
    @Param('id', IdPipe) keyId: string,
    @Body() body: RenameApiKeyDto,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<ApiKeyDto> {
    return this.keys.rename({ userId: caller.userId, keyId }, body, expected, { caller, device });
  }

  /** Revokes a key, which is refused from now on. */
  @HttpCode(204)
  @Delete(':id')
  revoke(
    @Param('id', IdPipe) keyId: string,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<void> {
    return this.keys.revoke({ userId: caller.userId, keyId }, expected, { caller, device });
  }
}
