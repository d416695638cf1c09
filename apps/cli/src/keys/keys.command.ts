import { StartError } from '@app/observability';
import { Command, CommandRunner } from 'nest-commander';
import { KeysListCommand } from './keys-list.command.js';
import { KeysRotateCommand } from './keys-rotate.command.js';

@Command({
  name: 'keys',
  description: 'Look after the keys that secrets and credentials are stored under',
  subCommands: [KeysRotateCommand, KeysListCommand],
})
export class KeysCommand extends CommandRunner {
  async run([unknown]: string[]): Promise<void> {
    if (unknown !== undefined) throw new StartError(`There is no "keys ${unknown}": rotate or list.`);
    this.command.outputHelp();
  }
}
