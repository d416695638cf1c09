import { CommandRunner, SubCommand } from 'nest-commander';
import { Output } from '../output/output.service.js';
import { environmentWithDatabase } from '../platform/platform-environment.js';
import { MigrationsService } from './migrations.service.js';

@SubCommand({ name: 'status', description: 'List the migrations and whether the database has them' })
export class MigrateStatusCommand extends CommandRunner {
  constructor(
    private readonly migrations: MigrationsService,
    private readonly output: Output,
  ) {
    super();
  }

  async run(): Promise<void> {
    const migrations = await this.migrations.status(environmentWithDatabase());
    const lines = migrations.map(({ name, applied }) => `${applied ? 'applied' : 'pending'}  ${name}`);
    this.output.print({ migrations }, lines);
  }
}
