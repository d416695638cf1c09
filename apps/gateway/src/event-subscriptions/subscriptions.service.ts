import { EgressConfig } from '@app/config';
import {
  conflict,
  DisabledReason,
  newId,
  notFound,
  SubscriptionStatus,
  type AuditAction,
  type CreateEventSubscriptionDto,
  type EventSubscriptionDto,
  type EventSubscriptionPatchDto,
  type EventSubscriptionSecretDto,
  type PageQuery,
} from '@app/contracts';
import { holdAccount, inTransaction } from '@app/database';
import { KeyRing, sealSubscriptionSecret } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { randomBytes } from 'node:crypto';
import { AuditService } from '../audit/audit.service.js';
import type { Change } from '../http/access/change.js';
import type { ExpectedVersions } from '../http/if-match.decorator.js';
import { decodeCursor, isIdKey, pageOf, type Page } from '../http/paging.js';
import { problem } from '../http/problems/problem.js';
import { checkSubscription } from './check-subscription.js';
import {
  countSubscriptionsSql,
  deleteSubscriptionSql,
  findSubscriptionSql,
  holdSubscriptionSql,
  insertSubscriptionSql,
  listSubscriptionsSql,
  MOST_SUBSCRIPTIONS,
  rotateSecretSql,
  updateSubscriptionSql,
  type SubscriptionRow,
} from './subscriptions.sql.js';
import { auditedSubscription, toSubscription } from './to-subscription.js';

/** How long the secret before signs too, after it was rotated. */
const OLD_SECRET_HOURS = 24;

/** Who wants which events where. A caller sees their own, and nobody else does. */
@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly pool: Pool,
    private readonly ring: KeyRing,
    private readonly egress: EgressConfig,
    private readonly audit: AuditService,
  ) {}

  /** The newest first. */
  async list(userId: string, query: PageQuery): Promise<Page<EventSubscriptionDto>> {
    const { cursor, page, limit } = query;
    const after = cursor === undefined ? null : decodeCursor(cursor, isIdKey)[0];
    const values = [userId, after, after === null ? (page - 1) * limit : 0, limit + 1];
    const { rows } = await this.pool.query<SubscriptionRow>(listSubscriptionsSql, values);
    const total = after === null ? await count(this.pool, userId) : undefined;
    return pageOf(rows.map(toSubscription), query, total, ({ id }) => [id]);
  }

  /** @throws AppError NOT_FOUND */
  async get(userId: string, id: string): Promise<EventSubscriptionDto> {
    const { rows } = await this.pool.query<SubscriptionRow>(findSubscriptionSql, [id, userId]);
    const [row] = rows;
    if (row === undefined) throw notFound('event subscription');
    return toSubscription(row);
  }

  /** @throws AppError VALIDATION_FAILED, CONFLICT when there are too many */
  async create(request: CreateEventSubscriptionDto, change: Change): Promise<EventSubscriptionSecretDto> {
    await checkSubscription(this.egress.allow, request);
    const { types, filter, url } = request;
    const { userId } = change.caller;
    const id = newId();
    const { secret, sealed } = this.newSecret(id);
    return inTransaction(this.pool, async (client) => {
      await holdAccount(client, userId);
      if ((await count(client, userId)) >= MOST_SUBSCRIPTIONS) {
        throw conflict(`There are ${MOST_SUBSCRIPTIONS} event subscriptions already: delete one that is not used.`);
      }
      const values = [id, userId, types, filter ?? null, url, sealed];
      const row = await only(client, insertSubscriptionSql, values);
      await this.record(client, 'event_subscription.created', id, change, { after: auditedSubscription(row) });
      return { ...toSubscription(row), secret };
    });
  }

  /** @throws AppError NOT_FOUND, PRECONDITION_FAILED, VALIDATION_FAILED */
  async change(
    id: string,
    patch: EventSubscriptionPatchDto,
    expected: ExpectedVersions,
    change: Change,
  ): Promise<EventSubscriptionDto> {
    await checkSubscription(this.egress.allow, patch);
    return this.held(id, expected, change, async (client, before) => {
      const { types = before.types, filter = before.filter, url = before.url, status = before.status } = patch;
      const isEnabled = status === SubscriptionStatus.Active;
      const reason = isEnabled ? null : (before.disabled_reason ?? DisabledReason.Requested);
      const isAnew = url !== before.url || patch.status === SubscriptionStatus.Active;
      const row = await only(client, updateSubscriptionSql, [id, types, filter, url, status, reason, isAnew]);
      const changes = { before: auditedSubscription(before), after: auditedSubscription(row) };
      await this.record(client, 'event_subscription.updated', id, change, changes);
      return toSubscription(row);
    });
  }

  /**
   * Another secret. The one before signs too for a day, so that a receiver has the time to learn the new one.
   * @throws AppError NOT_FOUND, PRECONDITION_FAILED
   */
  async rotate(id: string, expected: ExpectedVersions, change: Change): Promise<EventSubscriptionSecretDto> {
    const { secret, sealed } = this.newSecret(id);
    return this.held(id, expected, change, async (client) => {
      const row = await only(client, rotateSecretSql, [id, sealed, OLD_SECRET_HOURS]);
      await this.record(client, 'event_subscription.secret_rotated', id, change, {});
      return { ...toSubscription(row), secret };
    });
  }

  /** @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  async remove(id: string, expected: ExpectedVersions, change: Change): Promise<void> {
    await this.held(id, expected, change, async (client, before) => {
      await client.query(deleteSubscriptionSql, [id]);
      await this.record(client, 'event_subscription.deleted', id, change, { before: auditedSubscription(before) });
    });
  }

  /** Does something with a subscription of the caller that nobody else changes meanwhile. */
  private async held<T>(
    id: string,
    expected: ExpectedVersions,
    { caller: { userId } }: Change,
    work: (client: PoolClient, before: SubscriptionRow) => Promise<T>,
  ): Promise<T> {
    const done = await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<SubscriptionRow>(holdSubscriptionSql, [id, userId, expected ?? null]);
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
    changes: { before?: Record<string, unknown>; after?: Record<string, unknown> },
  ): Promise<void> {
    const subject = { type: 'event_subscription', id };
    await this.audit.record(client, { action, actor: caller, device, subject, ...changes });
  }

  /** 32 random bytes, within the 24 to 64 of Standard Webhooks. */
  private newSecret(id: string): { secret: string; sealed: string } {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    return { secret, sealed: sealSubscriptionSecret(this.ring, id, secret) };
  }
}

async function count(db: Pick<Pool, 'query'>, userId: string): Promise<number> {
  return (await db.query<{ count: number }>(countSubscriptionsSql, [userId])).rows[0]?.count ?? 0;
}

async function only(client: PoolClient, sql: string, values: unknown[]): Promise<SubscriptionRow> {
  const [row] = (await client.query<SubscriptionRow>(sql, values)).rows;
  if (row === undefined) throw notFound('event subscription');
  return row;
}
