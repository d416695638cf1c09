import type { CommandHandlers } from '@app/messaging';
import type { RunWatchesService } from './runs/watch/run-watches.service.js';

/** What the gateway does with the commands it receives. */
export function commandHandlers(watches: RunWatchesService): CommandHandlers<'gateway'> {
  return {
    'run.progressed': ({ run_ids }) => watches.progressed(run_ids),
  };
}
