import type { InvitationDto } from '@app/contracts';
import type { InvitationRow } from './invitations.sql.js';

/** An invitation as it leaves the gateway. */
export function toInvitation({ id, payload, expires_at, created_at }: InvitationRow): InvitationDto {
  return {
    id,
    email: payload.email,
    roles: payload.roles,
    invited_by: payload.invited_by,
    expires_at: expires_at.toISOString(),
    created_at: created_at.toISOString(),
  };
}
