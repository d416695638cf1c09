import { AccountConfig, loadConfig, type Variables } from '@app/config';
import { AuditActorKind, newId, OneTimeTokenPurpose, UserRole, type AuditAction } from '@app/contracts';
import { inTransaction, issueOneTimeToken, isUniqueViolation, recordAudit } from '@app/database';
import { StartError } from '@app/observability';
import { passwordMistake } from '@app/security';
import { Injectable } from '@nestjs/common';
import { isEmail } from 'class-validator';
import type { PoolClient } from 'pg';
import { accountHasher } from '../platform/account-hasher.js';
import { accountLink } from '../platform/account-link.js';
import { withPool } from '../platform/with-pool.js';
import {
  addAdminRole,
  deactivate,
  endSessions,
  insertPerson,
  lockPerson,
  revoke,
  withMachines,
  type Person,
} from './user.sql.js';

/** An account to be made. */
export interface NewPerson {
  email: string;
  name: string;
  admin: boolean;
  /** Undefined: the person chooses one, by a link. */
  password: string | undefined;
}

/** An account that was made; `link` is where the person chooses a password. */
export interface MadePerson {
  id: string;
  email: string;
  roles: readonly UserRole[];
  link?: string;
}

const OPERATOR = { kind: AuditActorKind.Operator } as const;

/** Accounts, in the hands of whoever may run commands. All of it is audited as the operator's doing. */
@Injectable()
export class UserAccountsService {
  /**
   * Makes an account whose address counts as proved: the operator answers for it.
   * @throws StartError when the address has an account, or the password or the address cannot be taken
   */
  async create(env: Variables, person: NewPerson): Promise<MadePerson> {
    const config = loadConfig(AccountConfig, env);
    const passwordHash = await hashOf(person, config);
    const id = newId();
    const { email, name } = person;
    const roles = person.admin ? [UserRole.User, UserRole.Admin] : [UserRole.User];
    const token = await withPool(env, (pool) =>
      inTransaction(pool, async (client) => {
        await insert(client, [id, email, name, passwordHash, roles]);
        const details = { provider: 'local', roles, email_verified: true };
        await audited(client, 'user.created', id, { details });
        if (passwordHash !== null) return undefined;
        const link = { purpose: OneTimeTokenPurpose.PasswordReset, userId: id, payload: { email } };
        return issueOneTimeToken(client, { ...link, ttlMs: config.invitationTtlMs });
      }),
    );
    if (token === undefined) return { id, email, roles };
    return { id, email, roles, link: accountLink(env, 'reset-password', token) };
  }

  /**
   * Makes somebody an administrator, from their next access token on.
   * @returns false when they are one already
   * @throws StartError when there is no such person
   */
  async promote(env: Variables, email: string): Promise<boolean> {
    return changed(env, email, async (client, { id, roles }) => {
      if (roles.includes(UserRole.Admin)) return false;
      await client.query(addAdminRole, [id]);
      await client.query(revoke, [[newId()], [id]]);
      const after = { roles: [...roles, UserRole.Admin] };
      await audited(client, 'user.updated', id, { before: { roles }, after });
      return true;
    });
  }

  /**
   * Keeps somebody out: ends their sessions and refuses what they and their machines were issued. The worker cancels
   * their runs.
   * @returns false when they are out already
   * @throws StartError when there is no such person
   */
  async disable(env: Variables, email: string): Promise<boolean> {
    return changed(env, email, async (client, { id, isActive }) => {
      if (!isActive) return false;
      await client.query(deactivate, [id]);
      const ended = await client.query<{ id: string }>(endSessions, [id]);
      const accounts = await client.query<{ id: string }>(withMachines, [id]);
      await client.query(revoke, [accounts.rows.map(() => newId()), accounts.rows.map((account) => account.id)]);
      await audited(client, 'user.deactivated', id, { before: { is_active: true }, after: { is_active: false } });
      for (const session of ended.rows) await audited(client, 'session.ended', session.id, {}, 'session');
      return true;
    });
  }
}

async function hashOf(person: NewPerson, config: AccountConfig): Promise<string | null> {
  const { email, name, password } = person;
  if (!isEmail(email)) throw new StartError(`"${email}" is no e-mail address.`);
  if (password === undefined) return null;
  const mistake = await passwordMistake(password, { minLength: config.passwordMinLength, personal: [email, name] });
  if (mistake !== undefined) throw new StartError(`The password ${mistake}.`);
  return accountHasher(config).hash(password);
}

async function insert(client: PoolClient, values: readonly unknown[]): Promise<void> {
  try {
    await client.query(insertPerson, [...values]);
  } catch (error) {
    if (isUniqueViolation(error, 'users_email')) throw new StartError('This address has an account already.');
    throw error;
  }
}

function changed(
  env: Variables,
  email: string,
  change: (client: PoolClient, person: Person) => Promise<boolean>,
): Promise<boolean> {
  return withPool(env, (pool) =>
    inTransaction(pool, async (client) => {
      const { rows } = await client.query<Person>(lockPerson, [email]);
      const [person] = rows;
      if (person === undefined) throw new StartError(`Nobody has an account with the address ${email}.`);
      return change(client, person);
    }),
  );
}

async function audited(
  client: PoolClient,
  action: AuditAction,
  id: string,
  what: { before?: Record<string, unknown>; after?: Record<string, unknown>; details?: Record<string, unknown> },
  type = 'user',
): Promise<void> {
  await recordAudit(client, { action, actor: OPERATOR, subject: { type, id }, ...what });
}
