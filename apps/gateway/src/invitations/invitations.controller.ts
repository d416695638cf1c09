import { InvitationDto, InviteDto, PageQuery, UserRole } from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Roles, StepUp } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { InvitationsService } from './invitations.service.js';

@Roles(UserRole.Admin)
@Controller('invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  /** Mails somebody a link with which they make an account. */
  @StepUp()
  @Post()
  create(@Body() body: InviteDto, @CurrentUser() caller: Caller, @FromDevice() device: Device): Promise<InvitationDto> {
    return this.invitations.create(body, caller, device);
  }

  /** The invitations that nobody has used yet, the newest first. */
  @PageOf(InvitationDto)
  @Get()
  list(@Query() query: PageQuery): Promise<Page<InvitationDto>> {
    return this.invitations.list(query);
  }

  /** Withdraws an invitation. */
  @HttpCode(204)
  @Delete(':id')
  withdraw(
    @Param('id', IdPipe) id: string,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<void> {
    return this.invitations.withdraw(id, caller, device);
  }
}
