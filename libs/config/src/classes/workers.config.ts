import type { WorkerName } from '@app/contracts';
import { Max, Min } from 'class-validator';
import { Group } from '../group.decorator.js';
import { integer } from '../parsers/integer.parser.js';
import { Variable } from '../variable.decorator.js';
import { WorkerConfig } from './worker.config.js';

/** The workers of the worker service: a switch and sizes each, so that one deployment per kind can be scaled alone. */
export class WorkersConfig implements Record<WorkerName, WorkerConfig> {
  /** Jobs that each worker does at the same time in one process, unless its own variable says otherwise. */
  @Variable('WORKER_COUNT', integer)
  @Min(1)
  @Max(1_000)
  defaultConcurrency = 5;

  /** Sends mail. */
  @Group('WORKER_EMAIL_', WorkerConfig)
  email: WorkerConfig;

  /** Sends events to the URLs of subscriptions. How often a delivery is tried depends on time, not on a count. */
  @Group('WORKER_EVENT_', WorkerConfig)
  event: WorkerConfig;
}
