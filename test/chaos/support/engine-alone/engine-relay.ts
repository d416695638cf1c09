import type { Pool } from 'pg';
import { EngineProcess } from './engine-process.js';

/** Processes that start while another one works. */
const AHEAD = 2;
/**
 * What a process that ends soon has of connections: as few as may be set. In each one PostgreSQL learns the tables and plans the
 * statements anew, which with the usual number is most of a round.
 */
const FEW_CONNECTIONS = { DB_MAX_OPEN_CONNS: '2' } as const;

/**
 * Engines that end at a point one after the other, and one that recovers what each of them leaves behind. The next ones start
 * meanwhile. The one that recovers stands still while another one works, so that it takes nothing from it.
 */
export class EngineRelay {
  private readonly waiting: EngineProcess[] = [];
  private working: EngineProcess | undefined;
  private survivor: EngineProcess | undefined;

  /** @param engine what `bundleEngine` made */
  constructor(
    private readonly pool: Pool,
    private readonly engine: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Has a first engine work, which compiles what all of them need, and starts the others with that. */
  async start(work: () => Promise<unknown>): Promise<void> {
    const first = new EngineProcess(this.engine, this.env);
    await first.rest();
    first.goOn();
    await work();
    await first.stop();
    this.survivor = new EngineProcess(this.engine, this.env);
    for (let count = 0; count < AHEAD; count += 1) this.startAnother();
  }

  /**
   * Has an engine end at a pass of a point (`<point>#<n>`) of a run, and the survivor go on. One that does not come to the pass
   * goes on itself.
   * @param accept makes the run
   * @param endOf resolves when a run is over, or waits for a person
   * @returns the run, and whether the engine came to the pass
   */
  async interrupt(
    at: string,
    accept: () => Promise<string>,
    endOf: (runId: string) => Promise<unknown>,
  ): Promise<{ runId: string; isCrashed: boolean }> {
    const survivor = this.survivor!;
    const engine = (this.working ??= this.waiting.shift()!);
    await Promise.all([survivor.rest(), engine.arm(at)]);
    const runId = await accept();
    engine.goOn();
    await Promise.race([engine.exited, endOf(runId)]);
    // A run may be over a moment before its process ends.
    if (await engine.disarm()) return { runId, isCrashed: false };
    this.working = undefined;
    await this.passTime(engine.pid);
    survivor.goOn();
    this.startAnother();
    return { runId, isCrashed: true };
  }

  async close(): Promise<void> {
    const engines = [this.survivor, this.working, ...this.waiting];
    await Promise.all(engines.map((engine) => engine?.kill()));
  }

  private startAnother(): void {
    this.waiting.push(new EngineProcess(this.engine, { ...this.env, ...FEW_CONNECTIONS }));
  }

  /**
   * Nobody waits for clocks: the lease of a process that is gone is over, and so is the time for which its calls may be
   * open. What follows from that is the engines' own doing.
   */
  private async passTime(pid: number): Promise<void> {
    await Promise.all([
      this.pool.query('UPDATE replicas SET lease_until = clock_timestamp() WHERE pid = $1', [pid]),
      this.pool.query('UPDATE run_slots SET grace_ms = 0 WHERE grace_ms > 0'),
    ]);
  }
}
