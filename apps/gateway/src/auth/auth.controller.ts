import { LoginDto, MessageDto, RefreshDto, RefreshedDto, SignedInDto, UserDto, validationFailed } from '@app/contracts';
import { Body, Controller, Get, Header, HttpCode, Post, UseInterceptors } from '@nestjs/common';
import { Authenticated, Public, Scoped } from '../http/access/access.decorators.js';
import { sessionOf, type Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { Throttled } from '../http/rate-limit/throttled.decorator.js';
import { ThrottledAction } from '../http/rate-limit/throttled-action.js';
import { FORGOTTEN_REFRESH_COOKIE } from '../http/refresh-cookie/refresh-cookie.js';
import { RefreshFromCookieInterceptor } from '../http/refresh-cookie/refresh-from-cookie.interceptor.js';
import { RefreshInCookie } from '../http/refresh-cookie/refresh-in-cookie.decorator.js';
import { UsersService } from '../users/users.service.js';
import { AuthService } from './auth.service.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { SessionsService } from './sessions/sessions.service.js';

@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
  ) {}

  /** Signs in with e-mail and password. */
  @Public()
  @HttpCode(200)
  @Throttled(ThrottledAction.Login)
  @RefreshInCookie()
  @Post('login')
  login(@Body() body: LoginDto, @FromDevice() device: Device): Promise<SignedInDto> {
    return this.auth.login(body, device);
  }

  /** Exchanges a refresh token for new tokens. Using one twice ends the session. */
  @Public()
  @HttpCode(200)
  @UseInterceptors(RefreshFromCookieInterceptor)
  @Post('refresh')
  async refresh(@Body() { refresh_token: token }: RefreshDto, @FromDevice() device: Device): Promise<RefreshedDto> {
    if (token === undefined) throw validationFailed([{ field: 'refresh_token', message: 'is needed' }]);
    return { tokens: await this.sessions.rotate(token, device) };
  }

  /** Ends the session of this request; its tokens are refused from now on. */
  @Authenticated()
  @HttpCode(200)
  @Header('set-cookie', FORGOTTEN_REFRESH_COOKIE)
  @Post('logout')
  async logout(@CurrentUser() caller: Caller, @FromDevice() device: Device): Promise<MessageDto> {
    await this.sessions.end(sessionOf(caller), caller, device);
    return { message: 'Signed out.' };
  }

  /** The user who is asking. */
  @Scoped('profile:read')
  @UseInterceptors(EtagInterceptor)
  @Get('me')
  me(@CurrentUser() caller: Caller): Promise<UserDto> {
    return this.users.find(caller.userId);
  }
}
