import { StartError } from '@app/observability';
import { Command, CommandRunner } from 'nest-commander';
import { MigrateDownCommand } from './migrate-down.command.js';
import { MigrateStatusCommand } from './migrate-status.command.js';
import { MigrateUpCommand } from './migrate-up.command.js';

@Command({
  name: 'migrate',
  description: 'Bring the schema of the database up to date, take it back, or look at it',
  subCommands: [MigrateUpCommand, MigrateDownCommand, MigrateStatusCommand],
})
export class MigrateCommand extends CommandRunner {
  async run([unknown]: string[]): Promise<void> {
    if (unknown !== undefined) throw new StartError(`There is no "migrate ${unknown}": up, down or status.`);
    this.command.outputHelp();
  }
}
