import type { WorkerName } from '@app/contracts';
import { Group } from '../group.decorator.js';
import { WorkerConfig } from './worker.config.js';

/** The workers of the worker service: a switch and sizes each, so that one deployment per kind can be scaled alone. */
export class WorkersConfig implements Record<WorkerName, WorkerConfig> {
  /** Sends mail. */
  @Group('WORKER_EMAIL_', WorkerConfig)
  email: WorkerConfig;
}
