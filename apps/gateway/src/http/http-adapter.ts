import type { HttpConfig } from '@app/config';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { answerBadUrl } from './problems/bad-url.js';
import { answerUnreadable } from './problems/unreadable-request.js';
import { requestId } from './request-id.js';

/** The HTTP server, with the limits and time-outs of the configuration. */
export function createHttpAdapter(config: HttpConfig): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.readTimeoutMs,
    keepAliveTimeout: config.idleTimeoutMs,
    // A step's path in an address is longer than the router's default of 100 characters.
    routerOptions: { maxParamLength: 2_000 },
    trustProxy: config.trustProxy.length === 0 ? false : config.trustProxy,
    genReqId: requestId,
    requestIdHeader: false,
    // A request that is already on its way on an open connection is still answered while the server closes.
    return503OnClosing: false,
    frameworkErrors: answerBadUrl,
    clientErrorHandler: answerUnreadable,
    logger: false,
    // No Nest middleware is used: hooks and guards do the same without its cost per request.
    skipMiddie: true,
  });
}
