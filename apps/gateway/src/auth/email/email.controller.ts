import { MessageDto, VerifyEmailDto } from '@app/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Authenticated, Public } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../../http/device.decorator.js';
import { Throttled } from '../../http/rate-limit/throttled.decorator.js';
import { ThrottledAction } from '../../http/rate-limit/throttled-action.js';
import { EmailVerificationService } from './email-verification.service.js';

@Controller('auth/email')
export class EmailController {
  constructor(private readonly verification: EmailVerificationService) {}

  /** Proves an address by the token that was mailed there. */
  @Public()
  @HttpCode(200)
  @Throttled(ThrottledAction.EmailVerification)
  @Post('verify')
  async verify(@Body() { token }: VerifyEmailDto, @FromDevice() device: Device): Promise<MessageDto> {
    await this.verification.verify(token, device);
    return { message: 'The address is verified.' };
  }

  /** Mails the link that proves the caller's address once more. */
  @Authenticated()
  @HttpCode(202)
  @Throttled(ThrottledAction.EmailVerificationMail)
  @Post('verification')
  async askAgain(@CurrentUser() caller: Caller, @FromDevice() device: Device): Promise<MessageDto> {
    await this.verification.askAgain(caller, device);
    return { message: 'A mail with a link is on its way, unless the address is verified already.' };
  }
}
