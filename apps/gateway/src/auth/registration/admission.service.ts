import { AuthConfig, Registration } from '@app/config';
import { AppError, OneTimeTokenPurpose, UserRole } from '@app/contracts';
import { findOneTimeToken, useOneTimeToken, type UsedOneTimeToken } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { usedUpLink } from '../used-up-link.js';
import { findActiveAdmin, lockFirstAdmin } from './admission.sql.js';
import { isInvited } from './invited.js';

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

type Db = Pick<Pool | PoolClient, 'query'>;
type ReadToken = (purpose: OneTimeTokenPurpose, token: string) => Promise<UsedOneTimeToken | undefined>;

/** Who may make an account: everybody, the invited or nobody (AUTH_REGISTRATION), and always the first administrator. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly config: AuthConfig,
    private readonly pool: Pool,
  ) {}

  /**
   * Finds out whether somebody may, and uses nothing up: before work is done for them.
   * @throws AppError FORBIDDEN, VALIDATION_FAILED when the invitation is not good
   */
  async check(newcomer: Newcomer): Promise<void> {
    await this.admission(this.pool, newcomer, (purpose, token) => findOneTimeToken(this.pool, purpose, token));
  }

  /**
   * Uses the invitation up; `client` is the transaction that makes the account.
   * @throws AppError FORBIDDEN, VALIDATION_FAILED when the invitation is not good
   */
  async admit(client: PoolClient, newcomer: Newcomer): Promise<Admission> {
    return this.admission(client, newcomer, (purpose, token) => useOneTimeToken(client, purpose, token));
  }

  private async admission(db: Db, { email, invitation }: Newcomer, read: ReadToken): Promise<Admission> {
    const { registration } = this.config;
    if (invitation === undefined) {
      if (registration !== Registration.Open) throw byInvitation(registration);
      return { roles: [UserRole.User], emailVerified: false };
    }
    if (registration !== Registration.Closed) {
      const token = await read(OneTimeTokenPurpose.Invitation, invitation);
      if (token !== undefined) return invited(token, email);
    }
    const first = await read(OneTimeTokenPurpose.FirstAdmin, invitation);
    if (first === undefined) throw usedUpLink('invitation');
    // One after the other, so that of two with good links the second finds the first.
    await db.query(lockFirstAdmin);
    const { rowCount } = await db.query(findActiveAdmin);
    if (rowCount !== 0) throw usedUpLink('invitation');
    return { roles: [UserRole.User, UserRole.Admin], emailVerified: false };
  }
}

/** An invitation is for the address it was sent to, in whatever case. */
function invited({ payload }: UsedOneTimeToken, email: string): Admission {
  if (!isInvited(payload) || payload.email.toLowerCase() !== email.toLowerCase()) throw usedUpLink('invitation');
  return { roles: payload.roles, emailVerified: true };
}

function byInvitation(registration: Registration): AppError {
  const message =
    registration === Registration.Invite
      ? 'Accounts are made by invitation here: ask an administrator for one.'
      : 'No accounts are made here: the operator makes them on the command line.';
  return new AppError({ code: 'FORBIDDEN', kind: 'user', message });
}
