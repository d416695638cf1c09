import { ApiKeysConfig } from '@app/config';
import {
  conflict,
  newId,
  notFound,
  RevocationKind,
  validationFailed,
  type ApiKeyDto,
  type CreateApiKeyDto,
  type CreatedApiKeyDto,
  type PageQuery,
  type RenameApiKeyDto,
} from '@app/contracts';
import { ApiKey, inTransaction } from '@app/database';
import { hashToken, newApiKey } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { DataSource, IsNull, type Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { RevocationsService } from '../auth/revocations/revocations.service.js';
import type { Change } from '../http/access/change.js';
import { holdSession } from '../http/access/hold-session.js';
import type { ExpectedVersions } from '../http/if-match.decorator.js';
import { decodeCursor, isIdKey, pageOf, type Page } from '../http/paging.js';
import { problem } from '../http/problems/problem.js';
import {
  countApiKeys,
  insertApiKey,
  MOST_API_KEYS,
  renameApiKey,
  revokeApiKey,
  revokeApiKeysOf,
} from './api-keys.sql.js';
import { toApiKey } from './to-api-key.js';

const DAY_MS = 86_400_000;

/** Which key is meant: one of this account's. */
export interface KeyOf {
  userId: string;
  keyId: string;
}

/** The API keys of one account at a time; whoever asks has been found to be allowed to. */
@Injectable()
export class ApiKeysService {
  private readonly keys: Repository<ApiKey>;

  constructor(
    private readonly pool: Pool,
    dataSource: DataSource,
    private readonly config: ApiKeysConfig,
    private readonly revocations: RevocationsService,
    private readonly audit: AuditService,
  ) {
    this.keys = dataSource.getRepository(ApiKey);
  }

  /** Those that are not revoked, the newest first. */
  async list(userId: string, query: PageQuery): Promise<Page<ApiKeyDto>> {
    const mine = this.keys.createQueryBuilder('key').where('key.user_id = :userId AND key.revoked_at IS NULL', {
      userId,
    });
    const page = mine
      .clone()
      .orderBy('key.id', 'DESC')
      .limit(query.limit + 1);
    if (query.cursor === undefined) page.offset((query.page - 1) * query.limit);
    else page.andWhere('key.id < :after', { after: decodeCursor(query.cursor, isIdKey)[0] });
    const total = query.cursor === undefined ? await mine.getCount() : undefined;
    return pageOf((await page.getMany()).map(toApiKey), query, total, ({ id }) => [id]);
  }

  /** @throws AppError NOT_FOUND when there is no such key, or it is revoked */
  async get({ userId, keyId }: KeyOf): Promise<ApiKeyDto> {
    const key = await this.keys.findOneBy({ id: keyId, user_id: userId, revoked_at: IsNull() });
    if (key === null) throw notFound('API key');
    return toApiKey(key);
  }

  /** @throws AppError VALIDATION_FAILED when it would be good for too long, CONFLICT when there are too many, NOT_FOUND when the account is gone */
  async create(userId: string, request: CreateApiKeyDto, { caller, device }: Change): Promise<CreatedApiKeyDto> {
    const { name, scopes } = request;
    const { key, prefix } = newApiKey();
    const values = [newId(), userId, name, prefix, hashToken(key), scopes, this.lifetimeOf(request)];
    return inTransaction(this.pool, async (client) => {
      await holdSession(client, caller);
      const count = await client.query<{ keys: number }>(countApiKeys, [userId]);
      if ((count.rows[0]?.keys ?? 0) >= MOST_API_KEYS) throw tooMany();
      const { rows } = await client.query<ApiKey>(insertApiKey, values);
      const [row] = rows;
      if (row === undefined) throw notFound('account');
      const created = toApiKey(row);
      await this.audit.record(client, {
        action: 'api_key.created',
        actor: caller,
        device,
        subject: { type: 'api_key', id: created.id },
        after: { user_id: userId, name, prefix, scopes, expires_at: created.expires_at },
      });
      return { ...created, key };
    });
  }

  /** @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  async rename(
    { userId, keyId }: KeyOf,
    { name }: RenameApiKeyDto,
    expected: ExpectedVersions,
    { caller, device }: Change,
  ): Promise<ApiKeyDto> {
    const renamed = await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<ApiKey & { name_before: string }>(renameApiKey, [
        keyId,
        userId,
        expected ?? null,
        name,
      ]);
      const [row] = rows;
      if (row === undefined) return undefined;
      await this.audit.record(client, {
        action: 'api_key.renamed',
        actor: caller,
        device,
        subject: { type: 'api_key', id: keyId },
        before: { name: row.name_before },
        after: { name },
      });
      return toApiKey(row);
    });
    return renamed ?? this.refuse({ userId, keyId });
  }

  /**
   * Revokes a key: it is refused here at once and on every other gateway within a second.
   * @throws AppError NOT_FOUND, PRECONDITION_FAILED
   */
  async revoke({ userId, keyId }: KeyOf, expected: ExpectedVersions, { caller, device }: Change): Promise<void> {
    const committed = await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ name: string; prefix: string }>(revokeApiKey, [
        keyId,
        userId,
        expected ?? null,
      ]);
      const [before] = rows;
      if (before === undefined) return undefined;
      const subject = { type: 'api_key', id: keyId };
      await this.audit.record(client, {
        action: 'api_key.revoked',
        actor: caller,
        device,
        subject,
        before: { user_id: userId, ...before },
      });
      return this.revocations.revoke(client, RevocationKind.ApiKey, [keyId]);
    });
    if (committed === undefined) return this.refuse({ userId, keyId });
    committed();
  }

  /**
   * Revokes all keys of an account as part of its end; `client` is that transaction.
   * @returns to be called after the commit
   */
  async revokeAllIn(client: PoolClient, userId: string, { caller, device }: Change): Promise<() => void> {
    const { rows } = await client.query<{ id: string }>(revokeApiKeysOf, [userId]);
    for (const { id } of rows) {
      const subject = { type: 'api_key', id };
      await this.audit.record(client, { action: 'api_key.revoked', actor: caller, device, subject });
    }
    const ids = rows.map(({ id }) => id);
    return this.revocations.revoke(client, RevocationKind.ApiKey, ids);
  }

  /** Nothing was written: there is no such key, or its version is another one. */
  private async refuse(key: KeyOf): Promise<never> {
    await this.get(key);
    throw problem('PRECONDITION_FAILED');
  }

  private lifetimeOf({ expires_in_days: days }: CreateApiKeyDto): number {
    const { defaultTtlMs, longestTtlMs } = this.config;
    if (days === undefined) return Math.min(defaultTtlMs, longestTtlMs);
    if (days * DAY_MS <= longestTtlMs) return days * DAY_MS;
    const message = `must not be more than ${Math.floor(longestTtlMs / DAY_MS)}`;
    throw validationFailed([{ field: 'expires_in_days', message }]);
  }
}

function tooMany(): Error {
  return conflict(`There are ${MOST_API_KEYS} API keys already: revoke one that is not used.`);
}
