import type { CommandHandlers } from '@app/messaging';
import type { RunHandOver } from './runs/hand-over/run-hand-over.service.js';
import type { RunWatchesService } from './runs/watch/run-watches.service.js';
import type { TaskWaits } from './tasks/task-waits.service.js';

/** What the gateway does with the commands it receives. */
export function commandHandlers(
  watches: RunWatchesService,
  tasks: TaskWaits,
  handOver: RunHandOver,
): CommandHandlers<'gateway'> {
  return {
    'run.progressed': (runs) => watches.progressed(runs),
    'replica.room': (room) => handOver.hear(room),
    'tasks.waiting': () => tasks.wake(),
  };
}
