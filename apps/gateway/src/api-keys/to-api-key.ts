import type { ApiKeyDto } from '@app/contracts';
import type { ApiKey } from '@app/database';

/** A key as it leaves the gateway: without its hash. */
export function toApiKey(key: ApiKey): ApiKeyDto {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    expires_at: key.expires_at.toISOString(),
    last_used_at: key.last_used_at?.toISOString() ?? null,
    version: key.version,
    created_at: key.created_at.toISOString(),
    updated_at: key.updated_at.toISOString(),
  };
}
