import { CommandRunner, Option, SubCommand } from 'nest-commander';
import { Output } from '../output/output.service.js';
import { environmentWithDatabase } from '../platform/platform-environment.js';
import { readPassword } from './read-password.js';
import { UserAccountsService } from './user-accounts.service.js';

interface CreateOptions {
  name?: string;
  admin?: boolean;
  link?: boolean;
}

@SubCommand({
  name: 'create',
  arguments: '<email>',
  description: 'Make an account; its password is typed, or the first line of standard input',
})
export class UserCreateCommand extends CommandRunner {
  constructor(
    private readonly accounts: UserAccountsService,
    private readonly output: Output,
  ) {
    super();
  }

  async run([email = '']: string[], { name = email, admin = false, link = false }: CreateOptions): Promise<void> {
    const env = environmentWithDatabase();
    const password = link ? undefined : await readPassword(process.stdin, process.stderr);
    const made = await this.accounts.create(env, { email, name, admin, password });
    this.output.print(made, [
      `made ${made.email} (${made.roles.join(', ')})`,
      ...(made.link === undefined ? [] : [`choose a password, once: ${made.link}`]),
    ]);
  }

  @Option({ flags: '--name <name>', description: 'what the person is called; the address when left out' })
  setName(value: string): string {
    return value;
  }

  @Option({ flags: '--admin', description: 'make the person an administrator' })
  setAdmin(): true {
    return true;
  }

  @Option({ flags: '--link', description: 'print a link with which the person chooses the password' })
  setLink(): true {
    return true;
  }
}
