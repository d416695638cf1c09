import { eventually, spawnService, type TestService } from '@app/testing';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { CrashPoint } from '../../../apps/workflow/src/crash-points/crash-points.service.js';

const PATIENCE = { timeoutMs: 30_000, everyMs: 5 };

/** A process of the workflow service that is stopped again and again, at a point or from outside, and told to go on. */
export class StoppableReplica {
  private ended: Promise<void> | undefined;

  private constructor(
    private readonly service: TestService,
    private readonly pool: Pool,
    private readonly stopFile: string,
  ) {}

  static async start(name: string, folder: string, pool: Pool, env: Record<string, string>): Promise<StoppableReplica> {
    const stopFile = join(folder, `${name}.stop`);
    const service = await spawnService('workflow', { env: { ...env, STOP_AT_FILE: stopFile } });
    return new StoppableReplica(service, pool, stopFile);
  }

  get pid(): number {
    return this.service.pid;
  }

  logs(): string {
    return this.service.logs();
  }

  /** Asks the process to stop itself when it comes to a point for the n-th time from now. */
  stopAt(point: CrashPoint, pass: number): void {
    writeFileSync(this.stopFile, `${point}#${pass}`);
  }

  /** Whether it has come to the point and stopped. */
  hasStopped(): boolean {
    return !existsSync(this.stopFile);
  }

  freeze(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** The id it works under; waits until it has one, and not `old`. */
  async id(old?: string): Promise<string> {
    return eventually(async () => {
      const { rows } = await this.pool.query<{ id: string }>(
        'SELECT id FROM replicas WHERE pid = $1 AND dead_at IS NULL AND lease_until > clock_timestamp()',
        [this.pid],
      );
      const [row] = rows;
      return row?.id !== old && row?.id;
    }, PATIENCE);
  }

  /** Resolves when others have declared an id dead. */
  async declaredDead(id: string): Promise<void> {
    await eventually(async () => {
      const { rows } = await this.pool.query('SELECT FROM replicas WHERE id = $1 AND dead_at IS NOT NULL', [id]);
      return rows.length === 1;
    }, PATIENCE);
  }

  /** Ends it in order: what it still had to write is written. */
  async stop(): Promise<void> {
    this.ended ??= this.end();
    await this.ended;
  }

  private async end(): Promise<void> {
    this.thaw();
    await this.service.stop();
  }
}
