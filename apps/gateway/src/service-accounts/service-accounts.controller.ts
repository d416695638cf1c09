import { CreateServiceAccountDto, PageQuery, RenameServiceAccountDto, ServiceAccountDto } from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseInterceptors } from '@nestjs/common';
import { Authenticated } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { MadeId } from '../http/idempotency/made-id.decorator.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { ServiceAccountsService } from './service-accounts.service.js';

/** For people only: a machine makes no further machines. */
@Authenticated()
@Controller('service-accounts')
export class ServiceAccountsController {
  constructor(private readonly accounts: ServiceAccountsService) {}

  /** The caller's machines, the newest first. */
  @PageOf(ServiceAccountDto)
  @Get()
  list(@CurrentUser() { userId }: Caller, @Query() query: PageQuery): Promise<Page<ServiceAccountDto>> {
    return this.accounts.list(userId, query);
  }

  /** Makes an account for a machine. What it makes is its own. */
  @UseInterceptors(EtagInterceptor)
  @Post()
  create(
    @Body() body: CreateServiceAccountDto,
    @MadeId() id: string,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<ServiceAccountDto> {
    return this.accounts.create({ ownerId: caller.userId, id }, body, { caller, device });
  }

  /** One account. */
  @UseInterceptors(EtagInterceptor)
  @Get(':id')
  get(@Param('id', IdPipe) id: string, @CurrentUser() { userId }: Caller): Promise<ServiceAccountDto> {
    return this.accounts.get({ ownerId: userId, id });
  }

  /** Gives an account another name. */
  @UseInterceptors(EtagInterceptor)
  @Patch(':id')
  rename(
    @Param('id', IdPipe) id: string,
    @Body() body: RenameServiceAccountDto,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<ServiceAccountDto> {
    return this.accounts.rename({ ownerId: caller.userId, id }, body, expected, { caller, device });
  }

  /** Ends an account: its keys are refused from now on, and what it owned is erased after the time of grace. */
  @HttpCode(204)
  @Delete(':id')
  end(
    @Param('id', IdPipe) id: string,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<void> {
    return this.accounts.end({ ownerId: caller.userId, id }, expected, { caller, device });
  }
}
