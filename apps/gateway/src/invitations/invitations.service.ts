import { AccountConfig, AuthConfig, Registration } from '@app/config';
import {
  AccountMail,
  conflict,
  newId,
  notFound,
  OneTimeTokenPurpose,
  UserRole,
  type InvitationDto,
  type InviteDto,
  type PageQuery,
} from '@app/contracts';
import { inTransaction, type findOneTimeToken, type useOneTimeToken } from '@app/database';
import { hashToken, newToken } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { AccountMailService } from '../account-mail/account-mail.service.js';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../http/access/caller.js';
import type { Device } from '../http/device.decorator.js';
import { decodeCursor, isIdKey, pageOf, TOTAL_LIMIT, type Page } from '../http/paging.js';
import {
  countInvitations,
  findAccountOf,
  findAdmin,
  insertInvitation,
  listInvitations,
  removeEarlier,
  removeInvitation,
  type InvitationRow,
} from './invitations.sql.js';
import { isInvited, type Invited } from './invited.js';
import { toInvitation } from './to-invitation.js';

/** Looks at a token or uses it up. */
export type ReadToken = typeof findOneTimeToken | typeof useOneTimeToken;

/** Who is asked to make an account. An invitation is a row of `one_time_tokens`; the email worker makes its token. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly pool: Pool,
    private readonly auth: AuthConfig,
    private readonly account: AccountConfig,
    private readonly mail: AccountMailService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Invites an address; what it was invited with before is void.
   * @throws AppError CONFLICT when it has an account, or when nobody may make one here
   */
  async create({ email, roles = [] }: InviteDto, caller: Caller, device: Device): Promise<InvitationDto> {
    if (this.auth.registration === Registration.Closed) throw closed();
    const id = newId();
    const invited: Invited = {
      email,
      roles: [...new Set([UserRole.User, ...roles])],
      invited_by: caller.userId,
    };
    const { row, committed } = await inTransaction(this.pool, async (client) => {
      if ((await client.query(findAccountOf, [email])).rowCount !== 0) throw hasAccount();
      await client.query(removeEarlier, [email]);
      const values = [id, hashToken(newToken()), JSON.stringify(invited), this.account.invitationTtlMs];
      const { rows } = await client.query<InvitationRow>(insertInvitation, values);
      await this.audited('user.invited', id, caller, device, client, { roles: invited.roles });
      const asked = await this.mail.ask(client, { mail: AccountMail.Invitation, email, invitation_id: id });
      return { row: rows[0], committed: asked };
    });
    committed();
    if (row === undefined) throw new Error('An insert gave no row.');
    return toInvitation(row);
  }

  /** Those that nobody has used, also when their time is over; the newest first. */
  async list(query: PageQuery): Promise<Page<InvitationDto>> {
    const { cursor, page, limit } = query;
    const after = cursor === undefined ? null : decodeCursor(cursor, isIdKey)[0];
    const skip = cursor === undefined ? (page - 1) * limit : 0;
    const { rows } = await this.pool.query<InvitationRow>(listInvitations, [limit + 1, skip, after]);
    const total = cursor === undefined ? await this.count() : undefined;
    return pageOf(rows.map(toInvitation), query, total, ({ id }) => [id]);
  }

  /**
   * Withdraws an invitation: its link is not good any more.
   * @throws AppError NOT_FOUND
   */
  async withdraw(id: string, caller: Caller, device: Device): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      const { rowCount } = await client.query(removeInvitation, [id]);
      if (rowCount === 0) throw notFound('invitation');
      await this.audited('user.invitation_withdrawn', id, caller, device, client);
    });
  }

  /**
   * Who is invited by a token; undefined when it is not good, or whoever invited may not do so any more.
   * @param read whether it is used up by this
   */
  async open(db: Pool | PoolClient, token: string, read: ReadToken): Promise<Invited | undefined> {
    const row = await read(db, OneTimeTokenPurpose.Invitation, token);
    if (row === undefined || !isInvited(row.payload)) return undefined;
    const { rowCount } = await db.query(findAdmin, [row.payload.invited_by]);
    return rowCount === 0 ? undefined : row.payload;
  }

  private async count(): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(countInvitations, [TOTAL_LIMIT + 1]);
    return rows[0]?.count ?? 0;
  }

  private async audited(
    action: 'user.invited' | 'user.invitation_withdrawn',
    id: string,
    actor: Caller,
    device: Device,
    client: PoolClient,
    details?: Record<string, unknown>,
  ): Promise<void> {
    await this.audit.record(client, { action, actor, device, subject: { type: 'invitation', id }, details });
  }
}

function closed(): Error {
  return conflict('Nobody can make an account here (AUTH_REGISTRATION=closed): make it with biometrics user create.');
}

function hasAccount(): Error {
  return conflict('This address has an account already.');
}
