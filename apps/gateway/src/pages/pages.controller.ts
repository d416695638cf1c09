import { Controller, Get, Header, Headers, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/access/access.decorators.js';
import { isLoopback } from '../http/loopback.js';
import { problem } from '../http/problems/problem.js';
import { Produces } from '../http/produces.decorator.js';
import { readAsset, readPage } from './page-files.js';
import { Page } from './page.decorator.js';

/** The pages that people see in a browser. They use the API as any other client does. */
@Public()
@Produces('*/*')
@ApiExcludeController()
@Controller()
export class PagesController {
  /** Passkeys need a domain, and the one of a loopback address is `localhost`. */
  @Page('passkeys')
  async passkeys(
    @Headers('host') host: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const named = namedHost(host);
    if (named === undefined) return readPage('passkeys');
    void reply.status(302).header('location', `//${named}/passkeys`);
    return '';
  }

  @Page('account/verify-email')
  verifyEmail(): Promise<string> {
    return readPage('verify-email');
  }

  @Page('account/reset-password')
  resetPassword(): Promise<string> {
    return readPage('reset-password');
  }

  @Page('account/register')
  register(): Promise<string> {
    return readPage('register');
  }

  @Header('cache-control', 'no-cache')
  @Get('pages/:asset')
  async asset(@Param('asset') name: string): Promise<StreamableFile> {
    const asset = await readAsset(name);
    if (asset === undefined) throw problem('NOT_FOUND');
    return new StreamableFile(asset.content, { type: asset.type });
  }
}

/** The same place by name, when a request asked for this machine by its number. */
function namedHost(host: string | undefined): string | undefined {
  const address = `http://${host ?? ''}`;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!isLoopback(url.hostname)) return undefined;
  url.hostname = 'localhost';
  return url.host;
}
