import type { ServiceName } from '@app/contracts';
import { ProcessRecord } from '@app/servers';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFolder } from '../../platform/data-folder.js';

/**
 * `run/<service>.pid`, which holds the process id and nothing else because scripts read it, and beside it the record
 * that tells this process from a later one with the same id.
 */
export class ServicePidFile {
  private readonly path: string;
  private readonly record: ProcessRecord;

  constructor(folder: DataFolder, name: ServiceName) {
    this.path = join(folder.run, `${name}.pid`);
    this.record = new ProcessRecord(join(folder.run, `${name}.process`));
  }

  write(pid: number): void {
    writeFileSync(this.path, `${pid}\n`);
    this.record.write(pid);
  }

  /** The process id, if that very process still runs. */
  running(): number | undefined {
    return this.record.running();
  }

  clear(): void {
    rmSync(this.path, { force: true });
    this.record.clear();
  }
}
