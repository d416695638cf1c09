import {
  conflict,
  notFound,
  RevocationKind,
  UserKind,
  UserRole,
  type AuditAction,
  type ManagedUserDto,
  type UserListQuery,
  type UserPatchDto,
} from '@app/contracts';
import { inTransaction } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { AuditService } from '../../audit/audit.service.js';
import { RevocationsService } from '../../auth/revocations/revocations.service.js';
import type { Caller } from '../../http/access/caller.js';
import type { Device } from '../../http/device.decorator.js';
import type { ExpectedVersions } from '../../http/if-match.decorator.js';
import { decodeCursor, pageOf, type Page } from '../../http/paging.js';
import { StopActingService } from '../stop-acting.service.js';
import { toManagedUser } from '../to-user.js';
import {
  assertIsAdmin,
  assertOtherAdmin,
  changesOf,
  lockAdmins,
  lockUser,
  unchanged,
  writeUser,
  type UserChanges,
  type UserRow,
} from '../user-changes.js';
import { cursorOf, isUserKey, userPage, userSql, userTotal, type ListedUser } from './user-list.sql.js';

/** Who changes whom, from where. */
interface ManagedChange {
  id: string;
  caller: Caller;
  device: Device;
  expected: ExpectedVersions;
}

/** Accounts, in the hands of administrators. */
@Injectable()
export class UserAdministrationService {
  constructor(
    private readonly pool: Pool,
    private readonly audit: AuditService,
    private readonly revocations: RevocationsService,
    private readonly stopActing: StopActingService,
  ) {}

  /** The newest first; with `q` by address, then by name. */
  async list(query: UserListQuery): Promise<Page<ManagedUserDto>> {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, isUserKey(query));
    const { rows } = await this.pool.query<ListedUser>(userPage(query, after));
    const total = after === undefined ? await this.total(query) : undefined;
    const page = pageOf(rows, query, total, cursorOf(query));
    return { ...page, data: page.data.map(toManagedUser) };
  }

  /** @throws AppError NOT_FOUND */
  async get(id: string): Promise<ManagedUserDto> {
    const { rows } = await this.pool.query<UserRow>(userSql, [id]);
    const [user] = rows;
    if (user === undefined) throw notFound('user');
    return toManagedUser(user);
  }

  /**
   * Changes name, roles or activity. What was issued for other roles, or to somebody who may not act any more, is
   * revoked in the same transaction.
   * @throws AppError NOT_FOUND, PRECONDITION_FAILED, FORBIDDEN for one who was an administrator
   * until a moment ago, CONFLICT when nobody could administer the platform any more
   */
  async patch(patch: UserPatchDto, change: ManagedChange): Promise<ManagedUserDto> {
    const { user, committed } = await inTransaction(this.pool, async (client) => {
      const admins = await lockAdmins(client);
      await assertIsAdmin(client, change.caller.userId);
      const current = await lockUser(client, change.id);
      const changes = changesOf(current, patch);
      assertAllowed(current, changes, admins, change.caller);
      const after = await this.write(client, current, changes, change);
      return { user: after, committed: await this.revoke(client, after, changes, change) };
    });
    await committed();
    return toManagedUser(user);
  }

  private async write(
    client: PoolClient,
    current: UserRow,
    changes: UserChanges,
    { caller, device, expected }: ManagedChange,
  ): Promise<UserRow> {
    const fields = Object.keys(changes) as (keyof UserChanges)[];
    if (fields.length === 0) return unchanged(current, expected);
    const after = await writeUser(client, current, changes, expected);
    const shown = (row: UserRow) => Object.fromEntries(fields.map((field) => [field, row[field]]));
    await this.audit.record(client, {
      action: actionOf(changes),
      actor: caller,
      device,
      subject: { type: 'user', id: current.id },
      before: shown(current),
      after: shown(after),
    });
    return after;
  }

  /** What follows the commit. An account that is not active is stopped each time, so that it helps to ask again. */
  private async revoke(
    client: PoolClient,
    after: UserRow,
    changes: UserChanges,
    { caller, device }: ManagedChange,
  ): Promise<() => Promise<void> | void> {
    if (!after.is_active) return this.stopActing.stop(client, after.id, caller, device);
    if (changes.roles === undefined) return () => undefined;
    return this.revocations.revoke(client, RevocationKind.User, [after.id]);
  }

  private async total(query: UserListQuery): Promise<number> {
    const { rows } = await this.pool.query<{ total: number }>(userTotal(query));
    return rows[0]?.total ?? 0;
  }
}

function assertAllowed(current: UserRow, changes: UserChanges, admins: readonly string[], caller: Caller): void {
  if (current.kind === UserKind.Service && changes.roles !== undefined) {
    throw conflict('A service account has no roles: give its API keys scopes.');
  }
  if (changes.is_active === false && current.id === caller.userId) {
    throw conflict('You cannot deactivate yourself: ask another administrator.');
  }
  const isTakenFrom = changes.is_active === false || changes.roles?.includes(UserRole.Admin) === false;
  if (isTakenFrom) assertOtherAdmin(admins, current.id);
}

/** Activity weighs more than the rest of one change. */
function actionOf({ is_active }: UserChanges): AuditAction {
  if (is_active === undefined) return 'user.updated';
  return is_active ? 'user.activated' : 'user.deactivated';
}
