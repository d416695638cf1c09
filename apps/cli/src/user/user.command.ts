import { StartError } from '@app/observability';
import { Command, CommandRunner } from 'nest-commander';
import { UserCreateCommand } from './user-create.command.js';
import { UserDisableCommand } from './user-disable.command.js';
import { UserPromoteCommand } from './user-promote.command.js';

@Command({
  name: 'user',
  description: "Make an account, give somebody the administrators' role, or keep somebody out",
  subCommands: [UserCreateCommand, UserPromoteCommand, UserDisableCommand],
})
export class UserCommand extends CommandRunner {
  async run([unknown]: string[]): Promise<void> {
    if (unknown !== undefined) throw new StartError(`There is no "user ${unknown}": create, promote or disable.`);
    this.command.outputHelp();
  }
}
