import { AppError } from '@app/contracts';
import { PasswordHasher } from '@app/security';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { upgradeHash } from './passwords.sql.js';

/** Replaces hashes that are weaker than those made now, when their password is known for a moment: at a sign-in. */
@Injectable()
export class PasswordUpgradeService {
  private readonly log = new Logger(PasswordUpgradeService.name);

  constructor(
    private readonly pool: Pool,
    private readonly hasher: PasswordHasher,
  ) {}

  /** Too many waiting for a hash is no reason to refuse a sign-in: the next one tries again. */
  async upgrade(userId: string, password: string, stored: string | undefined): Promise<void> {
    if (stored === undefined || !this.hasher.isOutdated(stored)) return;
    try {
      await this.pool.query(upgradeHash, [userId, await this.hasher.hash(password), stored]);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.log.warn(`The hash of a password stays as it is for now: ${error.message}`);
    }
  }
}
