import { HookAcceptedDto } from '@app/contracts';
import { webhookMethods } from '@app/definition';
import { All, Controller, HttpCode, Param, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access/access.decorators.js';
import { connectionGone } from '../http/connection-gone.js';
import { problem } from '../http/problems/problem.js';
import { Produces } from '../http/produces.decorator.js';
import { RawBody } from '../http/raw-body.decorator.js';
import { Streamed } from '../http/streamed.decorator.js';
import type { HookAnswer } from './answer/hook-answer.js';
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
    const { status, headers, body } = await this.answer(token, request, reply);
    await reply.status(status).headers(headers).send(body);
  }

  private async answer(token: string, request: FastifyRequest, reply: FastifyReply): Promise<HookAnswer> {
    const hook = await this.hooks.find(token);
    const { method, headers } = request;
    const body = Buffer.isBuffer(request.body) ? request.body : NO_BODY;
    const delivery = { method, headers, query: request.query as Record<string, unknown>, body };
    const question = this.hooks.question(hook, delivery);
    if (question !== undefined) return question;
    const methods: readonly string[] = hook.plan.trigger.methods ?? webhookMethods;
    if (!methods.includes(method)) {
      void reply.header('allow', methods.join(', '));
      throw problem('METHOD_NOT_ALLOWED');
    }
    return this.hooks.deliver(hook, delivery, connectionGone(reply));
  }
}
