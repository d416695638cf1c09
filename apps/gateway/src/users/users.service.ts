import { conflict, newId, notFound, type UserDto } from '@app/contracts';
import { isUniqueViolation, User } from '@app/database';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type Repository } from 'typeorm';
import { toUser } from './to-user.js';

/** What a sign-in needs to know; `user` is for the answer. */
export interface Credentials {
  user: UserDto;
  /** Argon2id; absent for people who sign in another way. */
  passwordHash: string | undefined;
}

/** People's accounts. */
@Injectable()
export class UsersService {
  private readonly users: Repository<User>;

  constructor(dataSource: DataSource) {
    this.users = dataSource.getRepository(User);
  }

  /** @throws AppError CONFLICT when the address has an account, in whatever case it was written */
  async create(account: { email: string; name: string; passwordHash: string }): Promise<UserDto> {
    const { email, name, passwordHash } = account;
    const id = newId();
    try {
      await this.users.insert({ id, email, name, password: passwordHash });
    } catch (error) {
      if (isUniqueViolation(error, 'users_email')) throw conflict('This address has an account already.');
      throw error;
    }
    return this.find(id);
  }

  /** @throws AppError NOT_FOUND */
  async find(id: string): Promise<UserDto> {
    const user = await this.users.findOneBy({ id, deleted_at: IsNull() });
    if (user === null) throw notFound('user');
    return toUser(user);
  }

  /** The account of an address, in whatever case it is written; undefined when there is none that may sign in. */
  async credentialsOf(email: string): Promise<Credentials | undefined> {
    const user = await this.users
      .createQueryBuilder('user')
      .addSelect('user.password')
      .where('lower(user.email) = lower(:email) AND user.is_active AND user.deleted_at IS NULL', { email })
      .getOne();
    return user === null ? undefined : { user: toUser(user), passwordHash: user.password ?? undefined };
  }
}
