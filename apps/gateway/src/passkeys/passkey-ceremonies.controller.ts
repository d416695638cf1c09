import {
  PasskeyCreationOptionsDto,
  PasskeyDto,
  PasskeyLoginDto,
  PasskeyRequestOptionsDto,
  RegisterPasskeyDto,
  SignedInDto,
} from '@app/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Authenticated, Public, StepUp } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { Throttled } from '../http/rate-limit/throttled.decorator.js';
import { ThrottledAction } from '../http/rate-limit/throttled-action.js';
import { RefreshInCookie } from '../http/refresh-cookie/refresh-in-cookie.decorator.js';
import { PasskeyRegistration } from './passkey-registration.service.js';
import { PasskeySignIn } from './passkey-sign-in.service.js';

@Controller('auth/passkeys')
export class PasskeyCeremoniesController {
  constructor(
    private readonly registration: PasskeyRegistration,
    private readonly signIn: PasskeySignIn,
  ) {}

  /** What a browser needs to make a passkey. */
  @Authenticated()
  @StepUp()
  @HttpCode(200)
  @Post('register/options')
  registrationOptions(@CurrentUser() caller: Caller): Promise<PasskeyCreationOptionsDto> {
    return this.registration.options(caller);
  }

  /** Keeps the passkey that was made with the options of this session. */
  @Authenticated()
  @Post('register/verify')
  register(
    @Body() body: RegisterPasskeyDto,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<PasskeyDto> {
    return this.registration.verify(body, caller, device);
  }

  /** What a browser needs to show a passkey, for a sign-in or a step-up. */
  @Public()
  @HttpCode(200)
  @Throttled(ThrottledAction.Passkey)
  @Post('login/options')
  signInOptions(): Promise<PasskeyRequestOptionsDto> {
    return this.signIn.options();
  }

  /** Signs in with a passkey. */
  @Public()
  @HttpCode(200)
  @Throttled(ThrottledAction.Passkey)
  @RefreshInCookie()
  @Post('login/verify')
  login(@Body() { credential }: PasskeyLoginDto, @FromDevice() device: Device): Promise<SignedInDto> {
    return this.signIn.signIn(credential, device);
  }
}
