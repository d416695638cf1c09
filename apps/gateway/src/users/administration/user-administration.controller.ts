import { ManagedUserDto, UserListQuery, UserPatchDto } from '@app/contracts';
import { Body, Controller, Get, Param, Patch, Query, UseInterceptors } from '@nestjs/common';
import { Roles, StepUp } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../../http/device.decorator.js';
import { EtagInterceptor } from '../../http/etag.interceptor.js';
import { IfMatch, type ExpectedVersions } from '../../http/if-match.decorator.js';
import { PageOf } from '../../http/page-of.decorator.js';
import type { Page } from '../../http/paging.js';
import { IdPipe } from '../../http/validation/id.pipe.js';
import { UserAdministrationService } from './user-administration.service.js';

@Roles('admin')
@Controller('users')
export class UserAdministrationController {
  constructor(private readonly administration: UserAdministrationService) {}

  /** Accounts, the newest first; with `q` those whose address or name begins like that. */
  @PageOf(ManagedUserDto)
  @Get()
  list(@Query() query: UserListQuery): Promise<Page<ManagedUserDto>> {
    return this.administration.list(query);
  }

  /** One account. */
  @UseInterceptors(EtagInterceptor)
  @Get(':id')
  get(@Param('id', IdPipe) id: string): Promise<ManagedUserDto> {
    return this.administration.get(id);
  }

  /** Changes the name, roles or activity of an account. Deactivating ends its sessions, keys, triggers and runs. */
  @StepUp()
  @UseInterceptors(EtagInterceptor)
  @Patch(':id')
  patch(
    @Param('id', IdPipe) id: string,
    @Body() patch: UserPatchDto,
    @CurrentUser() caller: Caller,
    @IfMatch() expected: ExpectedVersions,
    @FromDevice() device: Device,
  ): Promise<ManagedUserDto> {
    return this.administration.patch(patch, { id, caller, device, expected });
  }
}
