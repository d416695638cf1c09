import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Authenticated, StepUp } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../../http/device.decorator.js';
import { Streamed } from '../../http/streamed.decorator.js';
import { ExportService } from './export.service.js';

@Authenticated()
@Controller('users/me')
export class ExportController {
  constructor(private readonly exports: ExportService) {}

  /** Everything held about me, as one JSON document. */
  @StepUp()
  @Streamed()
  @ApiOkResponse({
    description: 'A member for each kind of thing; no credential, hash or encrypted value in it.',
    schema: { type: 'object', additionalProperties: { type: 'array', items: { type: 'object' } } },
  })
  @Get('export')
  async export(@CurrentUser() caller: Caller, @FromDevice() device: Device, @Res() reply: FastifyReply): Promise<void> {
    const document = await this.exports.start(caller, device);
    await reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-disposition', 'attachment; filename="account.json"')
      .header('cache-control', 'no-store')
      .send(document);
  }
}
