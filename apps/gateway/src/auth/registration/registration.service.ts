import { ProofMethod, type RegisterDto, type SignedInDto } from '@app/contracts';
import { inTransaction } from '@app/database';
import { PasswordHasher } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { Device } from '../../http/device.decorator.js';
import { UsersService } from '../../users/users.service.js';
import { EmailVerificationService } from '../email/email-verification.service.js';
import { PasswordPolicy } from '../passwords/password-policy.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AdmissionService } from './admission.service.js';

/** Making an account. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly pool: Pool,
    private readonly admission: AdmissionService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly verification: EmailVerificationService,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Makes an account and signs in. The mail that proves the address is asked for together with the account.
   * @throws AppError FORBIDDEN, VALIDATION_FAILED, CONFLICT when the address has an account
   */
  async register(body: RegisterDto, device: Device): Promise<SignedInDto> {
    const { email, name, password } = body;
    await this.admission.check(body);
    await this.policy.check(password, [email, name]);
    const passwordHash = await this.hasher.hash(password);
    const { id, committed } = await inTransaction(this.pool, async (client) => {
      const admission = await this.admission.admit(client, body);
      const userId = await this.users.create(client, { email, name, passwordHash, ...admission }, device);
      if (admission.emailVerified) return { id: userId, committed: undefined };
      return { id: userId, committed: await this.verification.ask(client, { userId, email }, device) };
    });
    committed?.();
    const tokens = await this.sessions.start({ userId: id, method: ProofMethod.Password, device });
    return { user: await this.users.find(id), tokens };
  }
}
