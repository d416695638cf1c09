import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isIP } from 'node:net';

/** Where a request comes from, as a session remembers it. */
export interface Device {
  /** Absent when what a proxy of ours forwards is none. */
  ipAddress: string | undefined;
  userAgent: string | undefined;
}

const LONGEST_USER_AGENT = 512;

/** Reads the {@link Device}. */
export const FromDevice = createParamDecorator((_: unknown, context: ExecutionContext): Device => {
  const { ip, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return { ipAddress: storable(ip), userAgent: headers['user-agent']?.slice(0, LONGEST_USER_AGENT) };
});

/** An address as PostgreSQL takes it: without the zone that addresses of one's own link have. */
function storable(ip: string): string | undefined {
  const [address = ''] = ip.split('%', 1);
  return isIP(address) === 0 ? undefined : address;
}
