import type { IntegrationStatus, IntegrationType } from '@app/contracts';
import type { ProviderConfig } from '@app/providers';

/** An integration as its owner may see it. */
export interface IntegrationRow {
  id: string;
  type: IntegrationType;
  name: string;
  config: ProviderConfig;
  status: IntegrationStatus;
  last_sync_at: Date | null;
  credentials_version: number;
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** Most integrations of one account. */
export const MOST_INTEGRATIONS = 200;

const columns = `id, type, name, config, status, last_sync_at, credentials_version, version, created_at, updated_at`;
const matching = `user_id = $1 AND deleted_at IS NULL AND ($2::varchar IS NULL OR type = $2) AND ($3::varchar IS NULL OR status = $3)`;

/** $1 account, $2 type or null, $3 status or null, $4 id of the last one of the page before or null, $5 how many to skip, $6 most rows. */
export const listIntegrationsSql = `
SELECT ${columns} FROM integrations
WHERE ${matching} AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC OFFSET $5 LIMIT $6`;

/** $1 account, $2 type or null, $3 status or null. */
export const countIntegrationsSql = `SELECT count(*)::int AS count FROM integrations WHERE ${matching}`;

/** $1 integration, $2 account. */
export const findIntegrationSql = `
SELECT ${columns} FROM integrations WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL`;

/** Those of some integrations that are an account's. $1 integrations, $2 account. */
export const ownIntegrationsSql = `
SELECT id FROM integrations WHERE id = ANY ($1::uuid[]) AND user_id = $2 AND deleted_at IS NULL`;

/** $1 id, $2 account, $3 type, $4 name, $5 config, $6 sealed credentials, $7 their version, $8 status. */
export const insertIntegrationSql = `
INSERT INTO integrations (id, user_id, type, name, config, credentials, credentials_version, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING ${columns}`;

/** One integration, which nobody else changes until the end of the transaction. $1 integration, $2 account, $3 versions or null. */
export const holdIntegrationSql = `
SELECT ${columns} FROM integrations
WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL AND ($3::int[] IS NULL OR version = ANY ($3)) FOR UPDATE`;

/** $1 integration, $2 name, $3 config, $4 sealed credentials or null for those it has, $5 their version, $6 status. */
export const updateIntegrationSql = `
UPDATE integrations SET name = $2, config = $3, credentials = coalesce($4, credentials), credentials_version = $5,
  status = $6, version = version + 1, updated_at = now()
WHERE id = $1
RETURNING ${columns}`;

/** Takes an integration out of sight, and its credentials out of the database. $1 integration. */
export const deleteIntegrationSql = `
UPDATE integrations SET deleted_at = now(), updated_at = now(), version = version + 1, status = 'inactive', credentials = NULL
WHERE id = $1`;
