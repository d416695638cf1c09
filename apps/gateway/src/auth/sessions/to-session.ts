import type { SessionDto } from '@app/contracts';
import type { Session } from '@app/database';

/** @param currentId the session of the request that asks */
export function toSession(session: Session, currentId: string): SessionDto {
  return {
    id: session.id,
    current: session.id === currentId,
    name: session.name,
    method: session.method,
    ip_address: session.ip_address,
    user_agent: session.user_agent,
    created_at: session.created_at.toISOString(),
    last_used_at: session.last_used_at.toISOString(),
    expires_at: session.expires_at.toISOString(),
  };
}
