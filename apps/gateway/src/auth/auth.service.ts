import { AuthConfig, Registration } from '@app/config';
import { AppError, ProofMethod, type LoginDto, type RegisterDto, type SignedInDto } from '@app/contracts';
import { PasswordHasher } from '@app/security';
import { Injectable } from '@nestjs/common';
import { UsersService } from '../users/users.service.js';
import type { Device } from '../http/device.decorator.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { SessionsService } from './sessions/sessions.service.js';

/** Making an account and signing in with a password. */
@Injectable()
export class AuthService {
  constructor(
    private readonly config: AuthConfig,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /** @throws AppError FORBIDDEN, VALIDATION_FAILED, CONFLICT when the address has an account */
  async register({ email, password, name }: RegisterDto, device: Device): Promise<SignedInDto> {
    if (this.config.registration !== Registration.Open) throw forbidden();
    this.policy.check(password, [email, name]);
    const passwordHash = await this.hasher.hash(password);
    const user = await this.users.create({ email, name, passwordHash });
    return { user, tokens: await this.sessions.start({ userId: user.id, method: ProofMethod.Password, device }) };
  }

  /**
   * Wrong password, no such account, no password, deactivated: one answer in one time.
   * @throws AppError UNAUTHORIZED
   */
  async login({ email, password }: LoginDto, device: Device): Promise<SignedInDto> {
    const account = await this.users.credentialsOf(email);
    const matches = await this.hasher.verify(password, account?.passwordHash);
    if (account === undefined || !matches) throw wrongCredentials();
    const signIn = { userId: account.user.id, method: ProofMethod.Password, device };
    return { user: account.user, tokens: await this.sessions.start(signIn) };
  }
}

function forbidden(): AppError {
  return new AppError({ code: 'FORBIDDEN', kind: 'user', message: 'Accounts are made by invitation here.' });
}

function wrongCredentials(): AppError {
  return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message: 'Address or password is wrong.' });
}
