import type { Pool } from 'pg';
import { EngineProcess } from './engine-process.js';

/** Processes that are loaded while another one works. */
const AHEAD = 2;

/**
 * Engines that take turns: each one first recovers what the one before it left behind, and then ends at a point itself. The
 * next ones are loaded meanwhile.
 */
export class EngineRelay {
  private readonly waiting: EngineProcess[] = [];
  private working: EngineProcess | undefined;

  /** @param script what `bundleEngine` made */
  constructor(
    private readonly pool: Pool,
    private readonly script: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Has a first engine work, which compiles what all of them need, and loads the next ones with that. */
  async start(work: () => Promise<unknown>): Promise<void> {
    const first = new EngineProcess(this.script, this.env);
    await first.begin();
    await work();
    await first.keepCompiled();
    await first.stop();
    for (let count = 0; count < AHEAD; count += 1) this.load();
  }

  /**
   * Has an engine end at a pass of a point (`<point>#<n>`) of a run, and another one begin to work.
   * @param accept makes the run
   * @param endOf resolves when a run is over, or waits for a person
   * @returns the run, and whether the engine came to the pass
   */
  async interrupt(
    at: string,
    accept: () => Promise<string>,
    endOf: (runId: string) => Promise<unknown>,
  ): Promise<{ runId: string; isCrashed: boolean }> {
    const engine = (this.working ??= await this.next());
    await engine.arm(at);
    const runId = await accept();
    engine.goOn();
    const first = await Promise.race([engine.exited, endOf(runId).then(() => 'ended' as const)]);
    // A run may be over a moment before its process ends: only one that was not killed ends in order.
    const end = first === 'ended' ? await engine.stop() : first;
    await this.passTime(engine.pid);
    this.working = await this.next();
    return { runId, isCrashed: end === 'SIGKILL' };
  }

  async close(): Promise<void> {
    const engines = this.working === undefined ? this.waiting : [this.working, ...this.waiting];
    await Promise.all(engines.map((engine) => engine.kill()));
  }

  private load(): void {
    this.waiting.push(new EngineProcess(this.script, this.env));
  }

  private async next(): Promise<EngineProcess> {
    const engine = this.waiting.shift()!;
    await engine.begin();
    this.load();
    return engine;
  }

  /**
   * Nobody waits for clocks: the lease of a process that is gone is over, and so is the time for which its calls may be
   * open. What follows from that is the engines' own doing.
   */
  private async passTime(pid: number): Promise<void> {
    await this.pool.query('UPDATE replicas SET lease_until = clock_timestamp() WHERE pid = $1', [pid]);
    await this.pool.query('UPDATE run_slots SET grace_ms = 0');
  }
}
