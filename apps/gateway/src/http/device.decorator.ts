import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Where a request comes from, as a session remembers it. */
export interface Device {
  ipAddress: string;
  userAgent: string | undefined;
}

const LONGEST_USER_AGENT = 512;

/** Reads the {@link Device}. */
export const FromDevice = createParamDecorator((_: unknown, context: ExecutionContext): Device => {
  const { ip, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return { ipAddress: ip, userAgent: headers['user-agent']?.slice(0, LONGEST_USER_AGENT) };
});
