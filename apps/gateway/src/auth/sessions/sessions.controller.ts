import { PageQuery, RenameSessionDto, SessionDto } from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { Authenticated } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../../http/device.decorator.js';
import { PageOf } from '../../http/page-of.decorator.js';
import type { Page } from '../../http/paging.js';
import { IdPipe } from '../../http/validation/id.pipe.js';
import { SessionsService } from './sessions.service.js';

@Authenticated()
@Controller('auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  /** Where the user is signed in, the newest first. */
  @PageOf(SessionDto)
  @Get()
  list(@CurrentUser() caller: Caller, @Query() query: PageQuery): Promise<Page<SessionDto>> {
    return this.sessions.list(caller, query);
  }

  /** Signs the user out on one device. */
  @HttpCode(204)
  @Delete(':id')
  end(@Param('id', IdPipe) id: string, @CurrentUser() caller: Caller, @FromDevice() device: Device): Promise<void> {
    return this.sessions.end(id, caller, device);
  }

  /** Names the device. */
  @Patch(':id')
  rename(
    @Param('id', IdPipe) id: string,
    @Body() body: RenameSessionDto,
    @CurrentUser() caller: Caller,
  ): Promise<SessionDto> {
    return this.sessions.rename(id, body, caller);
  }

  /** Signs the user out everywhere, here too. */
  @HttpCode(204)
  @Delete()
  endAll(@CurrentUser() caller: Caller, @FromDevice() device: Device): Promise<void> {
    return this.sessions.endAll(caller, device);
  }
}
