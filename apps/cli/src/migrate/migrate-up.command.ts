import { CommandRunner, SubCommand } from 'nest-commander';
import { Output } from '../output/output.service.js';
import { environmentWithDatabase } from '../platform/platform-environment.js';
import { MigrationsService } from './migrations.service.js';

@SubCommand({ name: 'up', description: 'Apply every migration that the database does not have yet' })
export class MigrateUpCommand extends CommandRunner {
  constructor(
    private readonly migrations: MigrationsService,
    private readonly output: Output,
  ) {
    super();
  }

  async run(): Promise<void> {
    const applied = await this.migrations.up(environmentWithDatabase());
    const lines = applied.map((name) => `applied ${name}`);
    this.output.print({ applied }, lines.length === 0 ? ['nothing to apply'] : lines);
  }
}
