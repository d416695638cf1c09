import { OauthCodeDto, OauthIdentityDto, OauthRedirectDto, PageQuery, StartOauthDto } from '@app/contracts';
import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Authenticated, StepUp } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../../http/device.decorator.js';
import { PageOf } from '../../http/page-of.decorator.js';
import type { Page } from '../../http/paging.js';
import { IdPipe } from '../../http/validation/id.pipe.js';
import { OauthLinkService } from '../oauth-link.service.js';
import { OauthIdentitiesService } from './oauth-identities.service.js';

@Authenticated()
@Controller('auth/oauth')
export class OauthIdentitiesController {
  constructor(
    private readonly identities: OauthIdentitiesService,
    private readonly links: OauthLinkService,
  ) {}

  /** The accounts at providers with which the user can sign in. */
  @PageOf(OauthIdentityDto)
  @Get('identities')
  list(@CurrentUser() caller: Caller, @Query() query: PageQuery): Promise<Page<OauthIdentityDto>> {
    return this.identities.list(caller, query);
  }

  /** Begins to add an account at a provider: send the browser to the answer's address. It comes back with a code. */
  @StepUp()
  @Header('cache-control', 'no-store')
  @HttpCode(200)
  @Post(':provider/link')
  begin(
    @Param('provider') provider: string,
    @Body() body: StartOauthDto,
    @CurrentUser() caller: Caller,
  ): Promise<OauthRedirectDto> {
    return this.links.begin(provider, body, caller);
  }

  /** Adds the account that the browser came back with, in the session that began it. */
  @Post('identities')
  add(
    @Body() body: OauthCodeDto,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<OauthIdentityDto> {
    return this.links.finish(body, caller, device);
  }

  /** Takes an account at a provider away, unless it is the only way to sign in. */
  @StepUp()
  @HttpCode(204)
  @Delete('identities/:id')
  remove(@Param('id', IdPipe) id: string, @CurrentUser() caller: Caller, @FromDevice() device: Device): Promise<void> {
    return this.identities.remove(id, caller, device);
  }
}
