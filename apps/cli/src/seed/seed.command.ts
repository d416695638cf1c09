import { Command, CommandRunner } from 'nest-commander';
import { Output } from '../output/output.service.js';
import { environmentWithDatabase } from '../platform/platform-environment.js';
import { SeedService } from './seed.service.js';

@Command({
  name: 'seed',
  description: 'Put a user and a workflow to play with into the database of a development machine',
})
export class SeedCommand extends CommandRunner {
  constructor(
    private readonly seed: SeedService,
    private readonly output: Output,
  ) {
    super();
  }

  async run(): Promise<void> {
    const seeded = await this.seed.run(environmentWithDatabase());
    if (seeded === undefined) return this.output.print({ seeded: false }, ['There already: nothing was changed.']);
    this.output.print({ seeded: true, ...seeded }, [
      `user      ${seeded.email}`,
      `password  ${seeded.password}`,
      `workflow  ${seeded.workflow_id} (active; POST /api/v1/workflows/${seeded.workflow_id}/execute starts it)`,
    ]);
  }
}
