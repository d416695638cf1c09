import { AccountMail, OneTimeTokenPurpose, type ProfilePatchDto, type UserDto } from '@app/contracts';
import { inTransaction, voidOneTimeTokens } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { AccountMailService } from '../../account-mail/account-mail.service.js';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../http/access/caller.js';
import { holdSession } from '../../http/access/hold-session.js';
import type { Device } from '../../http/device.decorator.js';
import type { ExpectedVersions } from '../../http/if-match.decorator.js';
import { toUser } from '../to-user.js';
import { changesOf, lockUser, unchanged, writeUser, type UserChanges, type UserRow } from '../user-changes.js';

/** A write to one's own account. */
interface OwnChange {
  caller: Caller;
  device: Device;
  expected: ExpectedVersions;
}

/** What people change of themselves. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly pool: Pool,
    private readonly audit: AuditService,
    private readonly mail: AccountMailService,
  ) {}

  /**
   * Changes what is given and differs.
   * @throws AppError PRECONDITION_FAILED
   */
  async patch({ name, avatar, metadata }: ProfilePatchDto, change: OwnChange): Promise<UserDto> {
    return inTransaction(this.pool, async (client) => {
      const current = await lockUser(client, change.caller.userId);
      const wanted = { name, avatar, metadata } as UserChanges;
      const changes = changesOf(current, wanted);
      if (Object.keys(changes).length === 0) return toUser(unchanged(current, change.expected));
      const written = await writeUser(client, current, changes, change.expected);
      await this.audit.record(client, {
        action: 'user.updated',
        actor: change.caller,
        device: change.device,
        subject: { type: 'user', id: current.id },
        before: shown(current, changes),
        after: shown(written, changes),
      });
      return toUser(written);
    });
  }

  /**
   * Gives the account another address, which is not verified until its owner follows the link that is mailed there.
   * Links that went to the address before are good for nothing from now on, and who reads it is told.
   * @throws AppError CONFLICT when the address has another account, PRECONDITION_FAILED
   */
  async changeEmail(email: string, change: OwnChange): Promise<UserDto> {
    const { caller, device, expected } = change;
    const { user, committed } = await inTransaction(this.pool, async (client) => {
      const current = await lockUser(client, caller.userId);
      await holdSession(client, caller);
      const written = await writeUser(client, current, { email, email_verified_at: null }, expected);
      await voidOneTimeTokens(client, OneTimeTokenPurpose.EmailVerification, current.id);
      await voidOneTimeTokens(client, OneTimeTokenPurpose.PasswordReset, current.id);
      await this.audit.record(client, {
        action: 'user.updated',
        actor: caller,
        device,
        subject: { type: 'user', id: current.id },
        before: { email: current.email },
        after: { email },
      });
      const asked = await this.mail.ask(client, { mail: AccountMail.Verification, email, user_id: current.id });
      // An address that nobody has proved may be a stranger's, who is told nothing.
      if (current.email_verified_at !== null) {
        await this.mail.ask(client, { mail: AccountMail.EmailChanged, email: current.email, user_id: current.id });
      }
      return { user: toUser(written), committed: asked };
    });
    committed();
    return user;
  }
}

/** As the trail keeps it for ever: of what a program keeps here, that it changed and nothing else. */
function shown(row: UserRow, changes: UserChanges): Record<string, unknown> {
  const fields = Object.keys(changes) as (keyof UserChanges)[];
  return Object.fromEntries(
    fields.map((field) => [field, field === 'metadata' ? Object.keys(row.metadata) : row[field]]),
  );
}
