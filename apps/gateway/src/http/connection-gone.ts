import type { FastifyReply } from 'fastify';

/** Aborts when the connection is gone. The request's own signal would when its body is read. */
export function connectionGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => controller.abort());
  return controller.signal;
}
