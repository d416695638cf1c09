import { AuthConfig } from '@app/config';
import { validationFailed } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { commonPasswords } from './common-passwords.js';

/** Which passwords may be chosen: long enough and not common; which characters they hold is nobody's business. */
@Injectable()
export class PasswordPolicy {
  constructor(private readonly config: AuthConfig) {}

  /**
   * @param personal what an attacker who knows the person tries first: their address and name
   * @throws AppError VALIDATION_FAILED
   */
  check(password: string, personal: readonly string[]): void {
    const { passwordMinLength } = this.config;
    const lower = password.toLowerCase();
    if ([...password].length < passwordMinLength) throw refused(`must have at least ${passwordMinLength} characters`);
    if (commonPasswords.has(lower)) throw refused('is one of the most common passwords');
    if (personal.some((text) => text.toLowerCase() === lower)) throw refused('must not be your name or address');
  }
}

function refused(message: string): Error {
  return validationFailed([{ field: 'password', message }]);
}
