import { RegisterDto, SignedInDto } from '@app/contracts';
import { Body, Controller, Post } from '@nestjs/common';
import { Public } from '../../http/access/access.decorators.js';
import { FromDevice, type Device } from '../../http/device.decorator.js';
import { Throttled } from '../../http/rate-limit/throttled.decorator.js';
import { ThrottledAction } from '../../http/rate-limit/throttled-action.js';
import { RefreshInCookie } from '../../http/refresh-cookie/refresh-in-cookie.decorator.js';
import { RegistrationService } from './registration.service.js';

@Controller('auth/register')
export class RegistrationController {
  constructor(private readonly registration: RegistrationService) {}

  /** Makes an account and signs in. */
  @Public()
  @Throttled(ThrottledAction.Register)
  @RefreshInCookie()
  @Post()
  register(@Body() body: RegisterDto, @FromDevice() device: Device): Promise<SignedInDto> {
    return this.registration.register(body, device);
  }
}
