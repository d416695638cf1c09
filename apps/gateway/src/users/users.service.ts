import { AuthProvider, conflict, newId, notFound, UserRole, type UserDto } from '@app/contracts';
import { isUniqueViolation, type Queryable, type User } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Device } from '../http/device.decorator.js';
import { toUser } from './to-user.js';
import type { UserRow } from './user-changes.js';
import { credentialsOf, findUser, insertUser } from './users.sql.js';

/** What a sign-in needs to know; `user` is for the answer. */
export interface Credentials {
  user: UserDto;
  /** Absent for people who sign in another way. */
  passwordHash: string | undefined;
  /** Nobody signs in to an account that is not: it is here for the audit trail. */
  maySignIn: boolean;
}

/** An account to be made. */
export interface NewUser {
  email: string;
  name: string;
  /** Absent for people who sign in another way. */
  passwordHash?: string | undefined;
  /** Defaults to `user` alone. */
  roles?: readonly UserRole[] | undefined;
  /** Whether the person has proved that the address is theirs. */
  emailVerified: boolean;
  /** Defaults to `local`. */
  provider?: AuthProvider | undefined;
  providerId?: string | undefined;
  avatar?: string | undefined;
}

/** People's accounts. */
@Injectable()
export class UsersService {
  constructor(
    private readonly pool: Pool,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes an account; `db` is the transaction of what it comes with.
   * @returns its id
   * @throws AppError CONFLICT when the address has an account, in whatever case it was written
   */
  async create(db: Queryable, account: NewUser, device: Device): Promise<string> {
    const { email, name, passwordHash, emailVerified, providerId, avatar } = account;
    const { roles = [UserRole.User], provider = AuthProvider.Local } = account;
    const id = newId();
    const values = [id, email, name, passwordHash ?? null, roles, emailVerified, provider];
    try {
      await db.query(insertUser, [...values, providerId ?? null, avatar ?? null]);
    } catch (error) {
      if (isUniqueViolation(error, 'users_email')) throw conflict('This address has an account already.');
      throw error;
    }
    await this.audit.record(db, {
      action: 'user.created',
      actor: { userId: id },
      device,
      subject: { type: 'user', id },
      details: { provider, roles, email_verified: emailVerified },
    });
    return id;
  }

  /** @throws AppError NOT_FOUND */
  async find(id: string): Promise<UserDto> {
    const { rows } = await this.pool.query<UserRow>({ name: 'find-user', text: findUser, values: [id] });
    const [user] = rows;
    if (user === undefined) throw notFound('user');
    return toUser(user);
  }

  /** The account of an address, in whatever case it is written; undefined when there is none that people sign in to. */
  async credentialsOf(email: string): Promise<Credentials | undefined> {
    const query = { name: 'credentials-of', text: credentialsOf, values: [email] };
    const { rows } = await this.pool.query<User>(query);
    const [user] = rows;
    if (user === undefined) return undefined;
    const maySignIn = user.is_active && user.deleted_at === null;
    return { user: toUser(user), passwordHash: user.password ?? undefined, maySignIn };
  }
}
