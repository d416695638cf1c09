import { HookAcceptedDto } from '@app/contracts';
import { webhookMethods } from '@app/definition';
import { All, Controller, HttpCode, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access/access.decorators.js';
import { problem } from '../http/problems/problem.js';
import { Produces } from '../http/produces.decorator.js';
import { RawBody } from '../http/raw-body.decorator.js';
import { HooksService } from './hooks.service.js';

const NO_BODY = Buffer.alloc(0);

@Public()
@Controller('hooks')
export class HooksController {
  constructor(private readonly hooks: HooksService) {}

  /** Starts a run of the workflow whose `hook_url` this is. The delivery proves itself as the workflow's trigger says. */
  @RawBody()
  @Produces('*/*')
  @HttpCode(202)
  @All(':token')
  async deliver(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HookAcceptedDto> {
    const hook = await this.hooks.find(token);
    const methods: readonly string[] = hook.trigger.methods ?? webhookMethods;
    if (!methods.includes(request.method)) {
      void reply.header('allow', methods.join(', '));
      throw problem('METHOD_NOT_ALLOWED');
    }
    const body = Buffer.isBuffer(request.body) ? request.body : NO_BODY;
    const query = request.query as Record<string, unknown>;
    return {
      run_id: await this.hooks.deliver(hook, { method: request.method, headers: request.headers, query, body }),
    };
  }
}
