import { ApiKeyDto, CreateApiKeyDto, CreatedApiKeyDto, PageQuery } from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { Authenticated, StepUp } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { ServiceAccountsService } from './service-accounts.service.js';

/** The keys of a machine, in the hands of the person whose machine it is. */
@Authenticated()
@Controller('service-accounts/:id/keys')
export class ServiceAccountKeysController {
  constructor(
    private readonly accounts: ServiceAccountsService,
    private readonly keys: ApiKeysService,
  ) {}

  /** The account's keys that are not revoked, the newest first. */
  @PageOf(ApiKeyDto)
  @Get()
  async list(
    @Param('id', IdPipe) id: string,
    @CurrentUser() { userId }: Caller,
    @Query() query: PageQuery,
  ): Promise<Page<ApiKeyDto>> {
    await this.accounts.get({ ownerId: userId, id });
    return this.keys.list(id, query);
  }

  /** Makes a key for the account. The answer shows it this once. */
  @StepUp()
  @UseInterceptors(EtagInterceptor)
  @Post()
  async create(
    @Param('id', IdPipe) id: string,
    @Body() body: CreateApiKeyDto,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<CreatedApiKeyDto> {
    await this.accounts.get({ ownerId: caller.userId, id });
    return this.keys.create(id, body, { caller, device });
  }

  /** Revokes a key of the account. */
  @HttpCode(204)
  @Delete(':keyId')
  async revoke(
    @Param('id', IdPipe) id: string,
    @Param('keyId', IdPipe) keyId: string,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<void> {
    await this.accounts.get({ ownerId: caller.userId, id });
    await this.keys.revoke({ userId: id, keyId }, expected, { caller, device });
  }
}
