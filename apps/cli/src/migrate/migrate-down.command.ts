import { StartError } from '@app/observability';
import { CommandRunner, Option, SubCommand } from 'nest-commander';
import { Output } from '../output/output.service.js';
import { environmentWithDatabase } from '../platform/platform-environment.js';
import { MigrationsService } from './migrations.service.js';

interface DownOptions {
  readonly steps?: number;
}

@SubCommand({ name: 'down', description: 'Revert the latest migration. Data that only it has room for is lost' })
export class MigrateDownCommand extends CommandRunner {
  constructor(
    private readonly migrations: MigrationsService,
    private readonly output: Output,
  ) {
    super();
  }

  async run(_arguments: string[], { steps = 1 }: DownOptions): Promise<void> {
    const reverted = await this.migrations.down(environmentWithDatabase(), steps);
    const lines = reverted.map((name) => `reverted ${name}`);
    this.output.print({ reverted }, lines.length === 0 ? ['nothing to revert'] : lines);
  }

  @Option({ flags: '-n, --steps <count>', description: 'how many to revert (1)' })
  setSteps(value: string): number {
    const steps = Number(value);
    if (!Number.isInteger(steps) || steps < 1) throw new StartError(`--steps takes a number from 1, not "${value}".`);
    return steps;
  }
}
