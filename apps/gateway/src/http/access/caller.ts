import type { UserRole } from '@app/contracts';

/** Who is calling, from a verified access token: no database was asked. */
export interface Caller {
  userId: string;
  sessionId: string;
  email: string;
  roles: readonly UserRole[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard; absent on public routes. */
    user?: Caller;
  }
}
