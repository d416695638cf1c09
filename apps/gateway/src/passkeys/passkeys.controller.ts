import { PageQuery, PasskeyDto, RenamePasskeyDto } from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { Authenticated, StepUp } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { PasskeysService } from './passkeys.service.js';

@Authenticated()
@Controller('auth/passkeys')
export class PasskeysController {
  constructor(private readonly passkeys: PasskeysService) {}

  /** The caller's passkeys, the newest first. */
  @PageOf(PasskeyDto)
  @Get()
  list(@CurrentUser() caller: Caller, @Query() query: PageQuery): Promise<Page<PasskeyDto>> {
    return this.passkeys.list(caller, query);
  }

  /** Names a passkey. */
  @Patch(':id')
  rename(
    @Param('id', IdPipe) id: string,
    @Body() body: RenamePasskeyDto,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<PasskeyDto> {
    return this.passkeys.rename(id, body, caller, device);
  }

  /** Removes a passkey, unless it is the only way to sign in. */
  @StepUp()
  @HttpCode(204)
  @Delete(':id')
  remove(@Param('id', IdPipe) id: string, @CurrentUser() caller: Caller, @FromDevice() device: Device): Promise<void> {
    return this.passkeys.remove(id, caller, device);
  }
}
