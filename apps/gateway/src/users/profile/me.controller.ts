import { AccountDeletionDto, EmailChangeDto, ProfilePatchDto, UserDto } from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, UseInterceptors } from '@nestjs/common';
import { Authenticated, Scoped, StepUp } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../../http/device.decorator.js';
import { EtagInterceptor } from '../../http/etag.interceptor.js';
import { IfMatch, type ExpectedVersions } from '../../http/if-match.decorator.js';
import { ThrottledAction } from '../../http/rate-limit/throttled-action.js';
import { Throttled } from '../../http/rate-limit/throttled.decorator.js';
import { DeletionService } from '../deletion/deletion.service.js';
import { UsersService } from '../users.service.js';
import { ProfileService } from './profile.service.js';

@Authenticated()
@Controller('users/me')
export class MeController {
  constructor(
    private readonly users: UsersService,
    private readonly profile: ProfileService,
    private readonly deletion: DeletionService,
  ) {}

  /** My account. */
  @Scoped('profile:read')
  @UseInterceptors(EtagInterceptor)
  @Get()
  get(@CurrentUser() { userId }: Caller): Promise<UserDto> {
    return this.users.find(userId);
  }

  /** Changes my name, picture or metadata. */
  @UseInterceptors(EtagInterceptor)
  @Patch()
  patch(
    @CurrentUser() caller: Caller,
    @Body() patch: ProfilePatchDto,
    @IfMatch() expected: ExpectedVersions,
    @FromDevice() device: Device,
  ): Promise<UserDto> {
    return this.profile.patch(patch, { caller, device, expected });
  }

  /** Gives my account another address, which is unverified until I follow the link that is mailed there. */
  @StepUp()
  @Throttled(ThrottledAction.EmailChange)
  @UseInterceptors(EtagInterceptor)
  @Put('email')
  changeEmail(
    @CurrentUser() caller: Caller,
    @Body() { email }: EmailChangeDto,
    @IfMatch() expected: ExpectedVersions,
    @FromDevice() device: Device,
  ): Promise<UserDto> {
    return this.profile.changeEmail(email, { caller, device, expected });
  }

  /** Asks for the deletion of my account. Everything stops at once; it is erased after a grace period. */
  @StepUp()
  @HttpCode(202)
  @Delete()
  remove(
    @CurrentUser() caller: Caller,
    @IfMatch() expected: ExpectedVersions,
    @FromDevice() device: Device,
  ): Promise<AccountDeletionDto> {
    return this.deletion.request(caller, device, expected);
  }

  /** Keeps my account although I asked for its deletion. */
  @UseInterceptors(EtagInterceptor)
  @HttpCode(200)
  @Post('restore')
  restore(@CurrentUser() caller: Caller, @FromDevice() device: Device): Promise<UserDto> {
    return this.deletion.withdraw(caller, device);
  }
}
