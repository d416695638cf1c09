import { ErasureConfig } from '@app/config';
import { conflict, type AccountDeletionDto, type UserDto } from '@app/contracts';
import { inTransaction } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../http/access/caller.js';
import type { Device } from '../../http/device.decorator.js';
import type { ExpectedVersions } from '../../http/if-match.decorator.js';
import { StopActingService } from '../stop-acting.service.js';
import { toUser } from '../to-user.js';
import { assertOtherAdmin, lockAdmins, lockUser, writeUser } from '../user-changes.js';

/** People who want their account to be gone. The worker's cleanup erases it when it is due. */
@Injectable()
export class DeletionService {
  constructor(
    private readonly pool: Pool,
    private readonly config: ErasureConfig,
    private readonly audit: AuditService,
    private readonly stopActing: StopActingService,
  ) {}

  /**
   * Asks for the deletion of the caller's account. From now on nothing acts for it by itself; asking again changes
   * nothing about when it is due.
   * @throws AppError CONFLICT for the last administrator, PRECONDITION_FAILED
   */
  async request(caller: Caller, device: Device, expected: ExpectedVersions): Promise<AccountDeletionDto> {
    const { dueAt, committed } = await inTransaction(this.pool, async (client) => {
      assertOtherAdmin(await lockAdmins(client), caller.userId);
      const current = await lockUser(client, caller.userId);
      const deletion_due_at = current.deletion_due_at ?? new Date(current.now.getTime() + this.config.graceMs);
      await writeUser(client, current, { deletion_due_at }, expected);
      await this.audit.record(client, {
        action: 'user.deletion_requested',
        actor: caller,
        device,
        subject: { type: 'user', id: caller.userId },
        details: { due_at: deletion_due_at.toISOString() },
      });
      const stopped = await this.stopActing.stop(client, caller.userId, caller, device);
      return { dueAt: deletion_due_at, committed: stopped };
    });
    await committed();
    return { message: explanation, deletion_due_at: dueAt.toISOString() };
  }

  /**
   * Keeps an account that was to be deleted. Its triggers and API keys work again; ended sessions and runs stay ended.
   * @throws AppError CONFLICT when it is not to be deleted, or the time is up
   */
  async withdraw(caller: Caller, device: Device): Promise<UserDto> {
    return inTransaction(this.pool, async (client) => {
      const current = await lockUser(client, caller.userId);
      if (current.deletion_due_at === null) throw conflict('This account is not to be deleted.');
      if (current.deletion_due_at <= current.now) throw conflict('It is too late: the account is being erased.');
      const written = await writeUser(client, current, { deletion_due_at: null }, undefined);
      await this.audit.record(client, {
        action: 'user.deletion_withdrawn',
        actor: caller,
        device,
        subject: { type: 'user', id: caller.userId },
      });
      return toUser(written);
    });
  }
}

const explanation =
  'Your account is going to be erased with everything in it. You are signed out everywhere, your API keys and triggers ' +
  'do nothing any more, and your unfinished runs are cancelled. Until the time named here you can sign in again, and ' +
  'POST /api/v1/users/me/restore keeps the account.';
