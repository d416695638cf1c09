import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** `kept`: in blob storage. `refused`: the account's quota is used up. `in_row`: the storage could not be written. */
export type KeepOutcome = 'kept' | 'refused' | 'in_row';

/** How large values get into blob storage and out of it. */
@Injectable()
export class BlobMetrics {
  private readonly writes: Counter<'outcome'>;
  private readonly failedReads: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.writes = new Counter({
      name: 'blob_values_total',
      help: 'Values too large for a row, by what became of them.',
      labelNames: ['outcome'],
      registers,
    });
    this.failedReads = new Counter({
      name: 'blob_read_failures_total',
      help: 'Large values that could not be read from blob storage.',
      registers,
    });
  }

  written(outcome: KeepOutcome): void {
    this.writes.inc({ outcome });
  }

  readFailed(): void {
    this.failedReads.inc();
  }
}
