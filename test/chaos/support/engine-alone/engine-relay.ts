import type { Pool } from 'pg';
import type { Laps } from '../crash-points/laps.js';
import { EngineProcess } from './engine-process.js';

/** Processes that start while another one works. */
const AHEAD = 3;
/** How long an engine may take to come to its point. */
const PATIENCE_MS = 60_000;
/**
 * What a process that ends soon has of connections: as few as may be set. In each one PostgreSQL learns the tables and plans the
 * statements anew, which with the usual number is most of a round.
 */
const FEW_CONNECTIONS = { DB_MAX_OPEN_CONNS: '2' } as const;
/** What the one that recovers has: it looks for the dead as often as may be. */
const WATCHFUL = { ENGINE_HEARTBEAT_MS: '50' } as const;

/** The end of an engine. */
export interface Death {
  /** `<point>#<n>`: at a pass of a point. */
  place: string;
  /** How many runs go together until then, see `EngineOrder`; 1 unless given. */
  together?: number;
  /** Makes what the engine meets, while all engines stand still. */
  given?: () => Promise<unknown>;
  /** Looks at what it left, before anybody else does. */
  left?: () => Promise<void>;
}

/**
 * Engines that end at a point one after the other, and one that recovers what each of them leaves behind. The next ones start
 * meanwhile. The one that recovers stands still while another one works, so that it takes nothing from it.
 */
export class EngineRelay {
  private readonly waiting: EngineProcess[] = [];
  private survivor: EngineProcess | undefined;
  /** How many engines have ended. */
  kills = 0;

  /** @param engine what `bundleEngine` made */
  constructor(
    private readonly pool: Pool,
    private readonly engine: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly laps: Laps,
  ) {}

  /** Has a first engine work, which compiles what all of them need, and starts the others with that. */
  async start(work: () => Promise<unknown>): Promise<void> {
    const first = new EngineProcess(this.engine, this.env);
    await first.rest();
    first.goOn();
    await work();
    await first.stop();
    this.survivor = new EngineProcess(this.engine, { ...this.env, ...WATCHFUL });
    for (let count = 0; count < AHEAD; count += 1) this.startAnother();
  }

  /**
   * Has one engine after the other end at its place, and then the survivor go on.
   * @param stages deaths whose leases are over at once: the engines of a stage find what those of the stages before it left.
   *   Rejects when an engine does not come to its place.
   */
  async interrupt(stages: readonly (readonly Death[])[]): Promise<void> {
    const survivor = this.survivor!;
    await this.laps.of('standing still', () => survivor.rest());
    for (const stage of stages) {
      const dead: number[] = [];
      for (const death of stage) dead.push(await this.die(death));
      await this.passTime(dead);
    }
    survivor.goOn();
  }

  async close(): Promise<void> {
    const engines = this.survivor === undefined ? this.waiting : [this.survivor, ...this.waiting];
    await Promise.all(engines.map((engine) => engine.kill()));
  }

  private async die({ place, together, given, left }: Death): Promise<number> {
    const engine = this.waiting[0]!;
    await this.laps.of('waiting for a start', () => engine.started());
    await this.laps.of('standing still', () => engine.arm(place, together));
    await given?.();
    await this.laps.of('to the point', async () => {
      engine.goOn();
      await engine.endedItself(PATIENCE_MS);
    });
    this.waiting.shift();
    this.kills += 1;
    this.startAnother();
    await left?.();
    return engine.pid;
  }

  private startAnother(): void {
    this.waiting.push(new EngineProcess(this.engine, { ...this.env, ...FEW_CONNECTIONS }));
  }

  /**
   * Nobody waits for clocks: the lease of a process that is gone is over, and so is the time for which its calls may be
   * open. What follows from that is the engines' own doing.
   */
  private async passTime(dead: readonly number[]): Promise<void> {
    await Promise.all([
      this.pool.query('UPDATE replicas SET lease_until = clock_timestamp() WHERE pid = ANY ($1)', [dead]),
      this.pool.query('UPDATE run_slots SET grace_ms = 0 WHERE grace_ms > 0'),
    ]);
  }
}
