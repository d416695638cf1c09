import { CommandRunner, SubCommand } from 'nest-commander';
import { Output } from '../output/output.service.js';
import { environmentWithDatabase } from '../platform/platform-environment.js';
import { UserAccountsService } from './user-accounts.service.js';

@SubCommand({ name: 'promote', arguments: '<email>', description: 'Make somebody an administrator' })
export class UserPromoteCommand extends CommandRunner {
  constructor(
    private readonly accounts: UserAccountsService,
    private readonly output: Output,
  ) {
    super();
  }

  async run([email = '']: string[]): Promise<void> {
    const promoted = await this.accounts.promote(environmentWithDatabase(), email);
    const line = promoted ? `${email} is an administrator now` : `${email} is an administrator already`;
    this.output.print({ email, promoted }, [line]);
  }
}
