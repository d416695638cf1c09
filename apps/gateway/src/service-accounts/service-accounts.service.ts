import {
  conflict,
  notFound,
  UserKind,
  type CreateServiceAccountDto,
  type PageQuery,
  type RenameServiceAccountDto,
  type ServiceAccountDto,
} from '@app/contracts';
import { inTransaction, User } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { DataSource, type Repository } from 'typeorm';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { AuditService } from '../audit/audit.service.js';
import type { Change } from '../http/access/change.js';
import { holdSession } from '../http/access/hold-session.js';
import type { ExpectedVersions } from '../http/if-match.decorator.js';
import { decodeCursor, isIdKey, pageOf, type Page } from '../http/paging.js';
import { problem } from '../http/problems/problem.js';
import { RunControlService } from '../runs/run-control.service.js';
import {
  countServiceAccounts,
  endServiceAccount,
  insertServiceAccount,
  MOST_SERVICE_ACCOUNTS,
  renameServiceAccount,
} from './service-accounts.sql.js';
import { toServiceAccount, type ServiceAccountRow } from './to-service-account.js';

/** Which account is meant: one of this person's. */
export interface AccountOf {
  ownerId: string;
  id: string;
}

/** Machines' accounts. A person sees their own, and nobody else does. */
@Injectable()
export class ServiceAccountsService {
  private readonly users: Repository<User>;

  constructor(
    private readonly pool: Pool,
    dataSource: DataSource,
    private readonly keys: ApiKeysService,
    private readonly runs: RunControlService,
    private readonly audit: AuditService,
  ) {
    this.users = dataSource.getRepository(User);
  }

  /** The newest first. */
  async list(ownerId: string, query: PageQuery): Promise<Page<ServiceAccountDto>> {
    const mine = this.users
      .createQueryBuilder('account')
      .where('account.owner_id = :ownerId AND account.deleted_at IS NULL', { ownerId });
    const page = mine
      .clone()
      .orderBy('account.id', 'DESC')
      .limit(query.limit + 1);
    if (query.cursor === undefined) page.offset((query.page - 1) * query.limit);
    else page.andWhere('account.id < :after', { after: decodeCursor(query.cursor, isIdKey)[0] });
    const total = query.cursor === undefined ? await mine.getCount() : undefined;
    return pageOf((await page.getMany()).map(toServiceAccount), query, total, ({ id }) => [id]);
  }

  /** @throws AppError NOT_FOUND */
  async get({ ownerId, id }: AccountOf): Promise<ServiceAccountDto> {
    const account = await this.users.findOneBy({ id, owner_id: ownerId, kind: UserKind.Service });
    if (account === null) throw missing();
    return toServiceAccount(account);
  }

  /**
   * Once for each id: asked again for one that is there, it answers with that.
   * @throws AppError CONFLICT when there are too many
   */
  async create(account: AccountOf, { name }: CreateServiceAccountDto, change: Change): Promise<ServiceAccountDto> {
    const { ownerId, id } = account;
    const made = await inTransaction(this.pool, async (client) => {
      await holdSession(client, change.caller);
      const count = await client.query<{ accounts: number }>(countServiceAccounts, [ownerId]);
      if ((count.rows[0]?.accounts ?? 0) >= MOST_SERVICE_ACCOUNTS) throw tooMany();
      const { rows } = await client.query<ServiceAccountRow>(insertServiceAccount, [id, ownerId, name]);
      const [row] = rows;
      if (row === undefined) return undefined;
      await this.audit.record(client, {
        action: 'service_account.created',
        actor: change.caller,
        device: change.device,
        subject: { type: 'service_account', id: row.id },
        after: { name },
      });
      return toServiceAccount(row);
    });
    return made ?? this.get(account);
  }

  /** @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  async rename(
    { ownerId, id }: AccountOf,
    { name }: RenameServiceAccountDto,
    expected: ExpectedVersions,
    { caller, device }: Change,
  ): Promise<ServiceAccountDto> {
    const renamed = await inTransaction(this.pool, async (client) => {
      const values = [id, ownerId, expected ?? null, name];
      const { rows } = await client.query<RenamedRow>(renameServiceAccount, values);
      const [row] = rows;
      if (row === undefined) return undefined;
      await this.audit.record(client, {
        action: 'service_account.renamed',
        actor: caller,
        device,
        subject: { type: 'service_account', id },
        before: { name: row.name_before },
        after: { name },
      });
      return toServiceAccount(row);
    });
    return renamed ?? this.refuse({ ownerId, id });
  }

  /**
   * Ends an account, revokes its keys and cancels its unfinished runs.
   * @throws AppError NOT_FOUND, PRECONDITION_FAILED
   */
  async end({ ownerId, id }: AccountOf, expected: ExpectedVersions, change: Change): Promise<void> {
    const committed = await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ name: string }>(endServiceAccount, [id, ownerId, expected ?? null]);
      const [before] = rows;
      if (before === undefined) return undefined;
      await this.audit.record(client, {
        action: 'service_account.deleted',
        actor: change.caller,
        device: change.device,
        subject: { type: 'service_account', id },
        before: { name: before.name },
      });
      return this.keys.revokeAllIn(client, id, change);
    });
    if (committed === undefined) return this.refuse({ ownerId, id });
    committed();
    await this.runs.cancelAllOfUsers([id]);
  }

  /** Nothing was written: there is no such account, or its version is another one. */
  private async refuse(account: AccountOf): Promise<never> {
    await this.get(account);
    throw problem('PRECONDITION_FAILED');
  }
}

type RenamedRow = ServiceAccountRow & { name_before: string };

function missing(): Error {
  return notFound('service account');
}

function tooMany(): Error {
  return conflict(`There are ${MOST_SERVICE_ACCOUNTS} service accounts already: end one that is not used.`);
}
