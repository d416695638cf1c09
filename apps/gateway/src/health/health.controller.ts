import { HealthService, isReady } from '@app/observability';
import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/access/access.decorators.js';
import { Produces } from '../http/produces.decorator.js';

/** For probes and load balancers. */
@Public()
@Produces('*/*')
@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** The process is alive. */
  @Header('cache-control', 'no-store')
  @Get('health')
  alive(): { status: string } {
    return { status: 'ok' };
  }

  /** Whether the process takes work, and the state of what it depends on. */
  @Header('cache-control', 'no-store')
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, string>> {
    const report = await this.health.report();
    if (!isReady(report)) void reply.status(503);
    return report;
  }
}
