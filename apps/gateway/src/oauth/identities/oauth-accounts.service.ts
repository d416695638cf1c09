import { AppError, newId, type ErrorCode, type OauthProviderName } from '@app/contracts';
import { inTransaction, isUniqueViolation } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { AuditService } from '../../audit/audit.service.js';
import { AdmissionService, type Admission, type Newcomer } from '../../auth/registration/admission.service.js';
import { asciiLower } from '../../http/ascii-lower.js';
import type { Device } from '../../http/device.decorator.js';
import { UsersService } from '../../users/users.service.js';
import { Refusal } from '../flow/refusal.js';
import type { ProviderIdentity } from '../providers/oauth-provider.js';
import { accountOfAddress, accountOfIdentity, insertIdentity, useIdentity } from './oauth-accounts.sql.js';

/** How often two sign-ins may get in each other's way before that is a bug. */
const ATTEMPTS = 3;

/** Somebody who has proved who they are at a provider. */
export interface ProvedIdentity extends ProviderIdentity {
  provider: OauthProviderName;
  /** What the person was invited with, if they were. */
  invitation?: string | undefined;
}

interface Account {
  id: string;
  email: string;
  is_verified: boolean;
  may_sign_in: boolean;
}

/** Whose account here an identity at a provider is. */
@Injectable()
export class OauthAccountsService {
  constructor(
    private readonly pool: Pool,
    private readonly admission: AdmissionService,
    private readonly users: UsersService,
    private readonly audit: AuditService,
  ) {}

  /**
   * The account that an identity signs in to: the one it belongs to, else the one with its address, else a new one.
   * @returns the user's id
   * @throws Refusal
   */
  async signIn(identity: ProvedIdentity, device: Device): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await inTransaction(this.pool, (client) => this.find(client, identity, device));
      } catch (error) {
        // Another sign-in has made the account or linked the identity since we looked: now it is there.
        if (attempt === ATTEMPTS || !isTaken(error)) throw error;
      }
    }
  }

  private async find(client: PoolClient, identity: ProvedIdentity, device: Device): Promise<string> {
    const { provider, subject, email } = identity;
    const { rows } = await client.query<Pick<Account, 'id' | 'may_sign_in'>>(accountOfIdentity, [provider, subject]);
    const [known] = rows;
    if (known !== undefined) {
      if (!known.may_sign_in) throw new Refusal('account_disabled', known.id);
      await client.query(useIdentity, [provider, subject, email ?? null]);
      return known.id;
    }
    const address = provedAddress(identity);
    const account = await accountOf(client, address);
    return account === undefined
      ? this.register(client, identity, address, device)
      : this.link(client, identity, account, device);
  }

  /**
   * Links an account by its address. Both sides must have shown that it is theirs: whoever registers with somebody
   * else's address, here or at the provider, must not get into what the other one makes of it later.
   */
  private async link(client: PoolClient, identity: ProvedIdentity, account: Account, device: Device): Promise<string> {
    const { id, may_sign_in: maySignIn, is_verified: isVerified } = account;
    if (!maySignIn) throw new Refusal('account_disabled', id);
    if (!isVerified) throw new Refusal('account_unverified', id);
    const subject = { type: 'oauth_identity', id: await insert(client, id, identity) };
    const { provider } = identity;
    const event = { action: 'oauth.linked', actor: { userId: id }, device } as const;
    await this.audit.record(client, { ...event, subject, details: { provider, by: 'address' } });
    return id;
  }

  private async register(
    client: PoolClient,
    identity: ProvedIdentity,
    address: string,
    device: Device,
  ): Promise<string> {
    const { provider, subject, name = address.split('@', 1)[0] ?? address, invitation } = identity;
    const { roles } = await this.admit(client, { email: address, invitation });
    const account = { email: address, name, roles, emailVerified: true, provider, providerId: subject };
    const id = await this.users.create(client, account, device);
    await insert(client, id, identity);
    return id;
  }

  /** @throws Refusal */
  private async admit(client: PoolClient, newcomer: Newcomer): Promise<Admission> {
    try {
      return await this.admission.admit(client, newcomer);
    } catch (error) {
      if (codeOf(error) === 'FORBIDDEN') throw new Refusal('registration_closed');
      if (codeOf(error) === 'VALIDATION_FAILED') throw new Refusal('invitation_unusable');
      throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return isUniqueViolation(error) || codeOf(error) === 'CONFLICT';
}

function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof AppError ? error.code : undefined;
}

/** @throws Refusal */
function provedAddress({ email, isEmailVerified }: ProviderIdentity): string {
  if (email === undefined) throw new Refusal('email_missing');
  if (!isEmailVerified) throw new Refusal('email_unverified');
  return email;
}

/** @throws Refusal */
async function accountOf(client: PoolClient, address: string): Promise<Account | undefined> {
  const { rows } = await client.query<Account>(accountOfAddress, [address]);
  const [account] = rows;
  if (account !== undefined && asciiLower(account.email) !== asciiLower(address)) throw new Refusal('email_missing');
  return account;
}

async function insert(client: PoolClient, userId: string, identity: ProvedIdentity): Promise<string> {
  const { provider, subject, email } = identity;
  const id = newId();
  await client.query(insertIdentity, [id, userId, provider, subject, email ?? null]);
  return id;
}
