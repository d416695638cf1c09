import type { CommandHandlers } from '@app/messaging';
import type { ProviderPauses } from '@app/providers';
import type { EventDispatcher } from './events/event-dispatcher.service.js';
import type { JobDeliveryService } from './recovery/job-delivery.service.js';
import type { ActiveRuns } from './runs/active-runs.service.js';
import type { HandedRuns } from './runs/handed-runs.service.js';
import type { RunClaimer } from './runs/run-claimer.service.js';
import type { SchedulesService } from './schedules/schedules.service.js';

/** What the workflow service does with the commands it receives. */
export function commandHandlers(
  claimer: RunClaimer,
  delivery: JobDeliveryService,
  active: ActiveRuns,
  schedules: SchedulesService,
  events: EventDispatcher,
  pauses: ProviderPauses,
  handed: HandedRuns,
): CommandHandlers<'workflow'> {
  return {
    'runs.waiting': () => {
      claimer.wake();
      delivery.wake();
    },
    'runs.handed': (runs) => handed.begin(runs),
    'events.waiting': () => events.wake(),
    'run.cancel': ({ run_id }) => active.cancel(run_id),
    'account.paused': (paused) => pauses.hear(paused),
    'schedule.changed': () => schedules.wake(),
  };
}
