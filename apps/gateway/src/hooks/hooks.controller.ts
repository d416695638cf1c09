import { HookAcceptedDto } from '@app/contracts';
import { All, Controller, HttpCode, Param, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access/access.decorators.js';
import { connectionGone } from '../http/connection-gone.js';
import { Produces } from '../http/produces.decorator.js';
import { RawBody } from '../http/raw-body.decorator.js';
import { Streamed } from '../http/streamed.decorator.js';
import { MethodNotTaken } from './delivery/method-not-taken.js';
import { HooksService } from './hooks.service.js';

const NO_BODY = Buffer.alloc(0);

@Public()
@Controller('hooks')
export class HooksController {
  constructor(private readonly hooks: HooksService) {}

  /**
   * Starts a run of the workflow whose `hook_url` this is. The delivery proves itself as the workflow's trigger says, and
   * the answer is the run's output where the trigger says so.
   */
  @RawBody()
  @Produces('*/*')
  @Streamed()
  @HttpCode(202)
  @ApiAcceptedResponse({ type: HookAcceptedDto })
  @All(':token')
  async deliver(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { method, headers } = request;
    const body = Buffer.isBuffer(request.body) ? request.body : NO_BODY;
    const delivery = { method, headers, query: request.query as Record<string, unknown>, body };
    const answer = await this.hooks.deliver(token, delivery, connectionGone(reply)).catch((error: unknown) => {
      if (error instanceof MethodNotTaken) void reply.header('allow', error.methods.join(', '));
      throw error;
    });
    await reply.status(answer.status).headers(answer.headers).send(answer.body);
  }
}
