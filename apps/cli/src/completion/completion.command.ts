import { Command, CommandRunner } from 'nest-commander';
import { completionScript } from './completion-script.js';

@Command({
  name: 'completion',
  description: 'Print a script for bash or zsh: source <(biometrics completion)',
})
export class CompletionCommand extends CommandRunner {
  async run(): Promise<void> {
    process.stdout.write(completionScript(this.command.parent ?? this.command));
  }
}
