import { CommandRunner, SubCommand } from 'nest-commander';
import { Output } from '../output/output.service.js';
import { environmentWithDatabase } from '../platform/platform-environment.js';
import { UserAccountsService } from './user-accounts.service.js';

@SubCommand({ name: 'disable', arguments: '<email>', description: 'Keep somebody out, everywhere within a second' })
export class UserDisableCommand extends CommandRunner {
  constructor(
    private readonly accounts: UserAccountsService,
    private readonly output: Output,
  ) {
    super();
  }

  async run([email = '']: string[]): Promise<void> {
    const disabled = await this.accounts.disable(environmentWithDatabase(), email);
    const line = disabled ? `${email} is kept out from now on` : `${email} is kept out already`;
    this.output.print({ email, disabled }, [line]);
  }
}
