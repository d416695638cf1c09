import { RouteConfig } from '@nestjs/platform-fastify';

export const RAW_BODY = 'rawBody';

/** For routes that check a signature: any Content-Type is taken and `request.body` is the Buffer as it arrived. */
export function RawBody(): MethodDecorator {
  return RouteConfig({ [RAW_BODY]: true });
}
