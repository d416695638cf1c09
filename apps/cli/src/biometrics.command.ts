import { StartError } from '@app/observability';
import { CommandRunner, Option, RootCommand } from 'nest-commander';
import { GlobalOptions } from './output/global-options.js';

/** `biometrics` itself: the flags that every command understands, and the list of commands. */
@RootCommand({
  name: 'biometrics',
  description: 'Runs and looks after the platform. Configuration comes from variables, see .env.example.',
})
export class BiometricsCommand extends CommandRunner {
  constructor(private readonly globalOptions: GlobalOptions) {
    super();
  }

  async run([unknown]: string[]): Promise<void> {
    if (unknown !== undefined) throw new StartError(`There is no command "${unknown}": see biometrics --help.`);
    this.command.outputHelp();
  }

  @Option({ flags: '--env <environment>', description: 'development, test, staging or production (ENVIRONMENT)' })
  setEnvironment(value: string): string {
    return (process.env['ENVIRONMENT'] = value);
  }

  @Option({ flags: '--log-level <level>', description: 'fatal, error, warn, info, debug, trace or silent (LOG_LEVEL)' })
  setLogLevel(value: string): string {
    return (process.env['LOG_LEVEL'] = value);
  }

  @Option({ flags: '--json', description: 'print results as JSON' })
  setJson(): true {
    return (this.globalOptions.json = true);
  }
}
