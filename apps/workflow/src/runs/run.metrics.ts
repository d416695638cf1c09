import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ActiveRuns } from './active-runs.service.js';

/** What operators see of the engine. */
@Injectable()
export class RunMetrics {
  /** Executions by how they ended. A run is executed once for each time it is claimed. */
  readonly executions: Counter<'end'>;
  /** Executions that found that their run had another owner. */
  readonly fenced: Counter;
  /** Runs this process is executing. */
  readonly active: Gauge;
  /** How many runs one query claimed. */
  readonly claimed: Histogram;

  constructor(registry: Registry, runs: ActiveRuns) {
    const registers = [registry];
    this.executions = new Counter({
      name: 'run_executions_total',
      help: 'Executions of runs by how they ended.',
      labelNames: ['end'],
      registers,
    });
    this.fenced = new Counter({
      name: 'run_fenced_total',
      help: 'Executions refused because the run has another owner.',
      registers,
    });
    this.claimed = new Histogram({
      name: 'run_claim_batch_size',
      help: 'Runs claimed by one query.',
      buckets: [1, 5, 10, 50, 100, 500],
      registers,
    });
    this.active = new Gauge({
      name: 'runs_active',
      help: 'Runs this process is executing.',
      registers,
      collect() {
        this.set(runs.size);
      },
    });
  }
}
