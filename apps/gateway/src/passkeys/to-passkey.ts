import type { PasskeyDto } from '@app/contracts';
import type { Passkey } from '@app/database';

/** A passkey as it leaves the gateway: its key and its number stay. */
export function toPasskey(passkey: Passkey): PasskeyDto {
  return {
    id: passkey.id,
    name: passkey.name,
    device_type: passkey.device_type,
    backed_up: passkey.backed_up,
    aaguid: passkey.aaguid,
    last_used_at: passkey.last_used_at?.toISOString() ?? null,
    revoked_at: passkey.revoked_at?.toISOString() ?? null,
    created_at: passkey.created_at.toISOString(),
  };
}
