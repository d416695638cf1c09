import type { IntegrationDto } from '@app/contracts';
import type { IntegrationRow } from './integrations.sql.js';

/** An integration as it leaves the gateway: without its credentials, even sealed. */
export function toIntegration(row: IntegrationRow): IntegrationDto {
  return {
    id: row.id,
    type: row.type,
    name: row.name,
    config: { ...row.config },
    status: row.status,
    last_sync_at: row.last_sync_at?.toISOString() ?? null,
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** What the audit trail is told of an integration. */
export function auditedIntegration({ type, name, config, status }: IntegrationRow): Record<string, unknown> {
  return { type, name, config, status };
}
