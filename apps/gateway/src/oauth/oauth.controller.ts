import { ExchangeOauthDto, SignedInDto, SignInOauthQuery } from '@app/contracts';
import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Redirect,
  Req,
  Res,
} from '@nestjs/common';
import { ApiExcludeEndpoint, ApiFoundResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access/access.decorators.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { problem } from '../http/problems/problem.js';
import { Produces } from '../http/produces.decorator.js';
import { Throttled } from '../http/rate-limit/throttled.decorator.js';
import { ThrottledAction } from '../http/rate-limit/throttled-action.js';
import { RawBody } from '../http/raw-body.decorator.js';
import { RefreshInCookie } from '../http/refresh-cookie/refresh-in-cookie.decorator.js';
import { OauthService } from './oauth.service.js';
import type { OauthProvider } from './providers/oauth-provider.js';
import { OauthProviders } from './providers/oauth-providers.js';

const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/** Where a browser is sent: with 303 it asks with GET, whatever it did before (RFC 9700 §4.12). */
interface SentTo {
  url: string;
  statusCode: 302 | 303;
}

@Public()
@Controller('auth')
export class OauthController {
  constructor(
    private readonly oauth: OauthService,
    private readonly providers: OauthProviders,
  ) {}

  /** Sends a browser to google, github or apple to sign in. It comes back to the return URL with `code` or `error`. */
  @Produces('*/*')
  @Header('cache-control', 'no-store')
  @ApiFoundResponse({ description: 'To the provider.' })
  @Redirect()
  @Get('oauth/:provider')
  async start(
    @Param('provider') provider: string,
    @Query() query: SignInOauthQuery,
    @Headers('cookie') cookies: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SentTo> {
    const { url, cookie } = await this.oauth.begin(provider, query, cookies);
    void reply.header('set-cookie', cookie);
    return { url, statusCode: 302 };
  }

  /** Where a provider sends the browser back to. */
  @Produces('*/*')
  @Header('cache-control', 'no-store')
  @ApiFoundResponse({ description: 'To the return URL, with `code` or `error`.' })
  @Throttled(ThrottledAction.OAuth)
  @Redirect()
  @Get('callback/:provider')
  async callback(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @FromDevice() device: Device,
  ): Promise<SentTo> {
    const { search } = new URL(request.url, 'http://any.invalid');
    const asked = this.answering(provider, 'GET', reply);
    return { url: await this.finish(asked, search, request, device), statusCode: 302 };
  }

  /** Where Apple has the browser post its answer to. */
  @RawBody()
  @Produces('*/*')
  @Header('cache-control', 'no-store')
  @ApiExcludeEndpoint()
  @Throttled(ThrottledAction.OAuth)
  @Redirect()
  @Post('callback/:provider')
  async postedCallback(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @FromDevice() device: Device,
  ): Promise<SentTo> {
    const { body, headers } = request;
    const asked = this.answering(provider, 'POST', reply);
    if (!Buffer.isBuffer(body) || !FORM.test(headers['content-type'] ?? '')) throw problem('UNSUPPORTED_MEDIA_TYPE');
    return { url: await this.finish(asked, body.toString('utf8'), request, device), statusCode: 303 };
  }

  /** Exchanges the code that a browser came back with for tokens. It is good once, within a minute. */
  @Header('cache-control', 'no-store')
  @HttpCode(200)
  @Throttled(ThrottledAction.OAuth)
  @RefreshInCookie()
  @Post('oauth/exchange')
  exchange(@Body() body: ExchangeOauthDto, @FromDevice() device: Device): Promise<SignedInDto> {
    return this.oauth.exchange(body, device);
  }

  /** @throws AppError NOT_FOUND, METHOD_NOT_ALLOWED when the provider answers the other way */
  private answering(name: string, method: 'GET' | 'POST', reply: FastifyReply): OauthProvider {
    const provider = this.providers.find(name);
    const expected = provider.answersByPost ? 'POST' : 'GET';
    if (method === expected) return provider;
    void reply.header('allow', expected);
    throw problem('METHOD_NOT_ALLOWED');
  }

  private finish(
    provider: OauthProvider,
    answer: string,
    { headers }: FastifyRequest,
    device: Device,
  ): Promise<string> {
    return this.oauth.finish(provider, { answer: new URLSearchParams(answer), cookies: headers.cookie, device });
  }
}
