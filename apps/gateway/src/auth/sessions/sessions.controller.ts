import { PageQuery, SessionDto } from '@app/contracts';
import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { Authenticated } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
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
  end(@Param('id', IdPipe) id: string, @CurrentUser() caller: Caller): Promise<void> {
    return this.sessions.end(id, caller);
  }
}
