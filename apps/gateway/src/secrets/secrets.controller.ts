import { CreateSecretDto, PageQuery, SecretDto, SecretValueDto } from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseInterceptors } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { SecretsService } from './secrets.service.js';

@Scoped('secrets:read')
@Controller('secrets')
export class SecretsController {
  constructor(private readonly secrets: SecretsService) {}

  /** Names and times; values are never shown. */
  @PageOf(SecretDto)
  @Get()
  list(@CurrentUser() { userId }: Caller, @Query() query: PageQuery): Promise<Page<SecretDto>> {
    return this.secrets.list(userId, query);
  }

  /** Keeps a secret. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('secrets:write')
  @Post()
  create(@CurrentUser() { userId }: Caller, @Body() body: CreateSecretDto): Promise<SecretDto> {
    return this.secrets.create(userId, body);
  }

  /** Gives a secret another value, which the next step that uses it sees. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('secrets:write')
  @Put(':name')
  replace(
    @CurrentUser() { userId }: Caller,
    @Param('name') name: string,
    @Body() body: SecretValueDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<SecretDto> {
    return this.secrets.replace(userId, name, body.value, expected);
  }

  /** Forgets a secret. Steps that use it fail from now on. */
  @HttpCode(204)
  @Scoped('secrets:write')
  @Delete(':name')
  remove(
    @CurrentUser() { userId }: Caller,
    @Param('name') name: string,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<void> {
    return this.secrets.remove(userId, name, expected);
  }
}
