import type { ReplicaRoom, RunsHanded } from '@app/contracts';
import { CommandBus } from '@app/messaging';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { ReplicaService } from '../replica/replica.service.js';
import { readHandedRuns } from './claim/read-handed-runs.js';
import { RunClaimer } from './run-claimer.service.js';

/** How often gateways are told what there is room for, and the shortest pause between two times, in ms. */
const TELL_EVERY_MS = 1_000;
const TELL_GAP_MS = 100;
/** Gateways go by what they heard for 2.5 s. Within this time of saying something, in ms, it is not said again. */
const SAME_FOR_MS = 1_500;
/** Runs that are remembered: a message may come twice, or late. */
const MOST_REMEMBERED = 16_384;

/**
 * Begins the runs that gateways accept in the name of this replica, which they do while it says that it has room. They are
 * claimed already: one whose message was lost is found claimed and not begun, and given back, by `OwnedRuns`.
 */
@Injectable()
export class HandedRuns {
  private readonly log = new Logger(HandedRuns.name);
  private readonly telling: Periodic;
  /** What gateways were told last; undefined when they know better, because they have handed something over since. */
  private told: (ReplicaRoom & { at: number }) | undefined;
  /** Begun here, or given back. */
  private readonly settled = new Set<string>();

  constructor(
    private readonly bus: CommandBus<'workflow'>,
    private readonly replica: ReplicaService,
    private readonly claimer: RunClaimer,
    shutdown: GracefulShutdown,
  ) {
    this.telling = new Periodic({
      name: 'Telling what there is room for',
      everyMs: TELL_EVERY_MS,
      gapMs: TELL_GAP_MS,
      task: async () => this.tellNews(),
      log: this.log,
    });
    shutdown.add(ShutdownPhase.StopTaking, 'handed runs', () => this.stop());
  }

  start(): void {
    this.telling.start();
  }

  async begin({ owner, runs: text }: RunsHanded): Promise<void> {
    if (owner !== this.replica.id()) return;
    this.told = undefined;
    const runs = readHandedRuns(owner, text);
    if (runs === undefined) {
      this.log.error('A list of runs was handed over that is not one.');
      return;
    }
    const fresh = runs.filter(({ runId }) => !this.settled.has(runId));
    for (const { runId } of fresh) this.remember(runId);
    await this.claimer.begin(owner, fresh);
    this.telling.wake();
  }

  /** These are given back: whoever claims them next begins them, ourselves perhaps, and a message that is late does not. */
  gaveBack(runIds: readonly string[]): void {
    for (const runId of runIds) this.remember(runId);
  }

  private remember(runId: string): void {
    this.settled.add(runId);
    const [oldest] = this.settled;
    if (this.settled.size > MOST_REMEMBERED && oldest !== undefined) this.settled.delete(oldest);
  }

  /** Each message wakes every gateway up: with nothing to do, that is most of what it costs. */
  private tellNews(): void {
    const { told } = this;
    const room = this.claimer.freeRoom();
    const isKnown = told?.room === room && told.owner === this.replica.id();
    if (!isKnown || performance.now() - told.at > SAME_FOR_MS) this.tell(room);
  }

  private tell(room: number): void {
    const owner = this.replica.id();
    if (owner === undefined) return;
    this.bus.publish('replica.room', { owner, room });
    this.told = { owner, room, at: performance.now() };
  }

  private async stop(): Promise<void> {
    await this.telling.stop();
    this.tell(0);
  }
}
