import { EgressConfig } from '@app/config';
import {
  conflict,
  IntegrationStatus,
  newId,
  notFound,
  validationFailed,
  type AuditAction,
  type CreateIntegrationDto,
  type FieldError,
  type IntegrationDto,
  type IntegrationListQuery,
  type IntegrationType,
  type ReplaceIntegrationDto,
} from '@app/contracts';
import { holdAccount, inTransaction } from '@app/database';
import { mistakeInDestination } from '@app/egress';
import { checkIntegration, credentialOrigins, type CheckedIntegration, type DraftIntegration } from '@app/providers';
import { KeyRing, sealCredentials } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Change } from '../http/access/change.js';
import type { ExpectedVersions } from '../http/if-match.decorator.js';
import { decodeCursor, isIdKey, pageOf, type Page } from '../http/paging.js';
import { problem } from '../http/problems/problem.js';
import {
  countIntegrationsSql,
  deleteIntegrationSql,
  findIntegrationSql,
  holdIntegrationSql,
  insertIntegrationSql,
  listIntegrationsSql,
  MOST_INTEGRATIONS,
  ownIntegrationsSql,
  updateIntegrationSql,
  type IntegrationRow,
} from './integrations.sql.js';
import { auditedIntegration, toIntegration } from './to-integration.js';

const LEAVES: FieldError = {
  field: 'credentials',
  message: 'must be given again: config.base_url would send those that are kept to another origin',
};

/** Accounts at providers. A caller sees their own, and nobody else does; credentials come in and stay. */
@Injectable()
export class IntegrationsService {
  constructor(
    private readonly pool: Pool,
    private readonly ring: KeyRing,
    private readonly egress: EgressConfig,
    private readonly audit: AuditService,
  ) {}

  /** The newest first. */
  async list(userId: string, query: IntegrationListQuery): Promise<Page<IntegrationDto>> {
    const { type = null, status = null, cursor, page, limit } = query;
    const after = cursor === undefined ? null : decodeCursor(cursor, isIdKey)[0];
    const values = [userId, type, status, after, after === null ? (page - 1) * limit : 0, limit + 1];
    const { rows } = await this.pool.query<IntegrationRow>(listIntegrationsSql, values);
    const total = after === null ? await count(this.pool, userId, type, status) : undefined;
    return pageOf(rows.map(toIntegration), query, total, ({ id }) => [id]);
  }

  /** @throws AppError NOT_FOUND */
  async get(userId: string, id: string): Promise<IntegrationDto> {
    const [row] = (await this.pool.query<IntegrationRow>(findIntegrationSql, [id, userId])).rows;
    if (row === undefined) throw notFound('integration');
    return toIntegration(row);
  }

  /** Those of some integrations that are the owner's. */
  async ownOf(userId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const { rows } = await this.pool.query<{ id: string }>(ownIntegrationsSql, [ids, userId]);
    return new Set(rows.map(({ id }) => id));
  }

  /** @throws AppError VALIDATION_FAILED, CONFLICT when there are too many */
  async create(request: CreateIntegrationDto, change: Change): Promise<IntegrationDto> {
    const { type, name, credentials, status = IntegrationStatus.Active } = request;
    const checked = await this.checked(type, { config: request.config, credentials });
    const { userId } = change.caller;
    const id = newId();
    const sealed = this.sealed(userId, id, 1, checked);
    return inTransaction(this.pool, async (client) => {
      await holdAccount(client, userId);
      if ((await count(client, userId, null, null)) >= MOST_INTEGRATIONS) {
        throw conflict(`There are ${MOST_INTEGRATIONS} integrations already: delete one that is not used.`);
      }
      const values = [id, userId, type, name, JSON.stringify(checked.config), sealed, 1, status];
      const row = await only(client, insertIntegrationSql, values);
      const details = { credentials: true };
      await this.record(client, 'integration.created', id, change, { after: auditedIntegration(row), details });
      return toIntegration(row);
    });
  }

  /** @throws AppError NOT_FOUND, PRECONDITION_FAILED, VALIDATION_FAILED */
  async replace(
    id: string,
    request: ReplaceIntegrationDto,
    expected: ExpectedVersions,
    change: Change,
  ): Promise<IntegrationDto> {
    const { name, config, credentials, status = IntegrationStatus.Active } = request;
    const { type } = await this.get(change.caller.userId, id);
    const checked = await this.checked(type, { config, ...(credentials !== undefined && { credentials }) });
    return this.held(id, expected, change, async (client, before) => {
      if (checked.credentials === undefined) assertSameReceivers(type, before, checked);
      const version = before.credentials_version + (checked.credentials === undefined ? 0 : 1);
      const sealed = this.sealed(change.caller.userId, id, version, checked);
      const values = [id, name, JSON.stringify(checked.config), sealed, version, status];
      const row = await only(client, updateIntegrationSql, values);
      const changes = { before: auditedIntegration(before), after: auditedIntegration(row) };
      const details = { credentials: checked.credentials !== undefined };
      await this.record(client, 'integration.updated', id, change, { ...changes, details });
      return toIntegration(row);
    });
  }

  /** @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  async remove(id: string, expected: ExpectedVersions, change: Change): Promise<void> {
    await this.held(id, expected, change, async (client, before) => {
      await client.query(deleteIntegrationSql, [id]);
      await this.record(client, 'integration.deleted', id, change, { before: auditedIntegration(before) });
    });
  }

  /** @throws AppError VALIDATION_FAILED with each field that is wrong */
  private async checked(type: IntegrationType, draft: DraftIntegration): Promise<CheckedIntegration> {
    const checked = checkIntegration(type, draft);
    if (checked.errors.length > 0) throw validationFailed(checked.errors);
    const mistake = await mistakeInDestination(this.egress.allow, checked.config.base_url);
    if (mistake === undefined) return checked;
    throw validationFailed([{ field: 'config.base_url', message: `is not one that can be called: ${mistake}` }]);
  }

  private sealed(
    userId: string,
    integrationId: string,
    version: number,
    { credentials }: CheckedIntegration,
  ): string | null {
    const owner = { userId, integrationId, version };
    return credentials === undefined ? null : sealCredentials(this.ring, owner, credentials);
  }

  /** Does something with an integration of the caller that nobody else changes meanwhile. */
  private async held<T>(
    id: string,
    expected: ExpectedVersions,
    { caller: { userId } }: Change,
    work: (client: PoolClient, before: IntegrationRow) => Promise<T>,
  ): Promise<T> {
    const done = await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<IntegrationRow>(holdIntegrationSql, [id, userId, expected ?? null]);
      const [before] = rows;
      return before === undefined ? undefined : { result: await work(client, before) };
    });
    if (done !== undefined) return done.result;
    await this.get(userId, id);
    throw problem('PRECONDITION_FAILED');
  }

  private async record(
    client: PoolClient,
    action: AuditAction,
    id: string,
    { caller, device }: Change,
    changes: Partial<Record<'before' | 'after' | 'details', Record<string, unknown>>>,
  ): Promise<void> {
    const subject = { type: 'integration', id };
    await this.audit.record(client, { action, actor: caller, device, subject, ...changes });
  }
}

/**
 * Whoever may change an integration has not seen its credentials, and must not have them sent to a server of their own.
 * @throws AppError VALIDATION_FAILED
 */
function assertSameReceivers(type: IntegrationType, before: IntegrationRow, { config }: CheckedIntegration): void {
  const known = new Set(credentialOrigins(type, before.config));
  if (!credentialOrigins(type, config).every((origin) => known.has(origin))) throw validationFailed([LEAVES]);
}

async function count(
  db: Pick<Pool, 'query'>,
  userId: string,
  type: IntegrationType | null,
  status: IntegrationStatus | null,
): Promise<number> {
  return (await db.query<{ count: number }>(countIntegrationsSql, [userId, type, status])).rows[0]?.count ?? 0;
}

async function only(client: PoolClient, sql: string, values: unknown[]): Promise<IntegrationRow> {
  const [row] = (await client.query<IntegrationRow>(sql, values)).rows;
  if (row === undefined) throw notFound('integration');
  return row;
}
