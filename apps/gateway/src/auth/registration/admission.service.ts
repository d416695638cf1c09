import { AuthConfig, Registration } from '@app/config';
import { AppError, OneTimeTokenPurpose, UserRole } from '@app/contracts';
import { findOneTimeToken, useOneTimeToken } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { asciiLower } from '../../http/ascii-lower.js';
import { InvitationsService, type ReadToken } from '../../invitations/invitations.service.js';
import { usedUpLink } from '../used-up-link.js';
import { findActiveAdmin, lockFirstAdmin } from './admission.sql.js';

/** Somebody who wants an account. */
export interface Newcomer {
  email: string;
  /** What they were sent, or the first administrator was shown. */
  invitation?: string | undefined;
}

/** What an account is made with. */
export interface Admission {
  roles: readonly UserRole[];
  /** The invitation was mailed there, so whoever has it reads that address's mail. */
  emailVerified: boolean;
}

/** Who may make an account: everybody, the invited or nobody (AUTH_REGISTRATION), and always the first administrator. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly config: AuthConfig,
    private readonly pool: Pool,
    private readonly invitations: InvitationsService,
  ) {}

  /**
   * Finds out whether somebody may, and uses nothing up: before work is done for them.
   * @throws AppError FORBIDDEN, VALIDATION_FAILED when the invitation is not good
   */
  async check(newcomer: Newcomer): Promise<void> {
    await this.admission(this.pool, newcomer, findOneTimeToken);
  }

  /**
   * Uses the invitation up; `client` is the transaction that makes the account.
   * @throws AppError FORBIDDEN, VALIDATION_FAILED when the invitation is not good
   */
  async admit(client: PoolClient, newcomer: Newcomer): Promise<Admission> {
    return this.admission(client, newcomer, useOneTimeToken);
  }

  private async admission(db: Pool | PoolClient, { email, invitation }: Newcomer, read: ReadToken): Promise<Admission> {
    const { registration } = this.config;
    if (invitation === undefined) {
      if (registration !== Registration.Open) throw byInvitation(registration);
      return { roles: [UserRole.User], emailVerified: false };
    }
    if (registration !== Registration.Closed) {
      const invited = await this.invitations.open(db, invitation, read);
      // It is for the address that it was sent to, in whatever case.
      if (invited !== undefined && asciiLower(invited.email) === asciiLower(email))
        return { roles: invited.roles, emailVerified: true };
      if (invited !== undefined) throw usedUpLink('invitation');
    }
    await this.firstAdmin(db, invitation, read);
    return { roles: [UserRole.User, UserRole.Admin], emailVerified: false };
  }

  /** Whoever was shown the link at the first start, as long as there is no administrator. */
  private async firstAdmin(db: Pool | PoolClient, token: string, read: ReadToken): Promise<void> {
    if ((await read(db, OneTimeTokenPurpose.FirstAdmin, token)) === undefined) throw usedUpLink('invitation');
    // One after the other, so that of two with good links the second finds the first.
    await db.query(lockFirstAdmin);
    const { rowCount } = await db.query(findActiveAdmin);
    if (rowCount !== 0) throw usedUpLink('invitation');
  }
}

function byInvitation(registration: Registration): AppError {
  const message =
    registration === Registration.Invite
      ? 'Accounts are made by invitation here: ask an administrator for one.'
      : 'No accounts are made here: the operator makes them on the command line.';
  return new AppError({ code: 'FORBIDDEN', kind: 'user', message });
}
