import { AccountConfig } from '@app/config';
import { validationFailed } from '@app/contracts';
import { passwordMistake } from '@app/security';
import { Injectable } from '@nestjs/common';

/** Which passwords may be chosen here: see `passwordMistake`. */
@Injectable()
export class PasswordPolicy {
  constructor(private readonly config: AccountConfig) {}

  /**
   * @param personal what an attacker who knows the person tries first: their address and name
   * @param field what the request calls the password
   * @throws AppError VALIDATION_FAILED
   */
  async check(password: string, personal: readonly string[], field = 'password'): Promise<void> {
    const message = await passwordMistake(password, { minLength: this.config.passwordMinLength, personal });
    if (message !== undefined) throw validationFailed([{ field, message }]);
  }
}
