import type { FastifyInstance } from 'fastify';

const EVERY_MS = 50;

/**
 * Stops listening and resolves when every request that is under way is answered. A connection is closed as soon as
 * its answer is out: left alone, it would stay open for its next request until the idle time-out.
 */
export async function closeServer(server: FastifyInstance): Promise<void> {
  const timer = setInterval(() => server.server.closeIdleConnections(), EVERY_MS);
  await server.close().finally(() => clearInterval(timer));
}
