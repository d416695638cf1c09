import { ChangePasswordDto, ForgotPasswordDto, MessageDto, ResetPasswordDto, SetPasswordDto } from '@app/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Authenticated, Public, StepUp } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../../http/device.decorator.js';
import { Throttled } from '../../http/rate-limit/throttled.decorator.js';
import { ThrottledAction } from '../../http/rate-limit/throttled-action.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordResetService } from './password-reset.service.js';

@Controller('auth/password')
export class PasswordsController {
  constructor(
    private readonly resets: PasswordResetService,
    private readonly changes: PasswordChangeService,
  ) {}

  /** Mails a link for setting a new password, if the address has an account. */
  @Public()
  @HttpCode(202)
  @Throttled(ThrottledAction.PasswordForgot)
  @Post('forgot')
  async forgot(@Body() { email }: ForgotPasswordDto, @FromDevice() device: Device): Promise<MessageDto> {
    await this.resets.forgot(email, device);
    return { message: 'If the address has an account, a mail with a link is on its way.' };
  }

  /** Sets a new password by the token that was mailed. Ends all sessions. */
  @Public()
  @HttpCode(200)
  @Throttled(ThrottledAction.PasswordReset)
  @Post('reset')
  async reset(@Body() body: ResetPasswordDto, @FromDevice() device: Device): Promise<MessageDto> {
    await this.resets.reset(body, device);
    return { message: 'The password is set: sign in with it.' };
  }

  /** Replaces the caller's password. Ends their other sessions. */
  @Authenticated()
  @HttpCode(200)
  @Throttled(ThrottledAction.StepUp)
  @Post('change')
  async change(
    @Body() body: ChangePasswordDto,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<MessageDto> {
    await this.changes.change(body, caller, device);
    return { message: 'The password is changed, and all other sessions have ended.' };
  }

  /** Gives a caller who signs in another way a password. Ends their other sessions. */
  @Authenticated()
  @StepUp()
  @HttpCode(200)
  @Post('set')
  async set(
    @Body() { new_password: password }: SetPasswordDto,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<MessageDto> {
    await this.changes.set(password, caller, device);
    return { message: 'The password is set, and all other sessions have ended.' };
  }
}
