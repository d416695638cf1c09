import { AppError, type Scope, type UserRole } from '@app/contracts';

/** What a caller showed: a session's access token, or an API key and what it may do. */
export type Credential =
  { kind: 'session'; sessionId: string } | { kind: 'api_key'; keyId: string; scopes: readonly Scope[] };

/** Who is calling, from a verified credential. */
export interface Caller {
  userId: string;
  email: string;
  roles: readonly UserRole[];
  credential: Credential;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard; absent on public routes. */
    user?: Caller;
  }
}

/** The session of a caller on a route for people who are signed in; such a route lets no API key in. */
export function sessionOf({ credential }: Caller): string {
  if (credential.kind === 'session') return credential.sessionId;
  throw new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: 'A route with a scope asks for the session.' });
}
