import { setTimeout as sleep } from 'node:timers/promises';
import { metricsAt } from './process-metrics.js';
import type { Call, RefusingProvider } from './refusing-provider.js';

const EVERY_MS = 50;

/** What a replica was seen to know. Pauses are numbered as they began, from 0. */
interface Seen {
  /** The newest pause that it knows of. */
  known: number;
  /** It knew of none when this one was over and the next had not begun; what it knows later is news. */
  freeAfter: number | undefined;
}

/**
 * Watches until when the replicas that live have heard of each pause of a provider. After that none of them calls, however
 * slow this machine is; a pause is not judged when it was over before that was seen.
 */
export class PauseWatch {
  /** When all were seen to know of a pause, by its number, in ms of the monotonic clock. */
  private readonly knownAt = new Map<number, number>();
  private readonly replicas = new Map<number, Seen>();
  private isOver = false;
  private readonly watching = this.watch();

  constructor(private readonly provider: RefusingProvider) {}

  /**
   * @param port of the metrics of a replica that has started
   * @param newest the newest pause when its start began: it knows of that one before it calls anybody
   */
  add(port: number, newest: number): void {
    this.replicas.set(port, { known: newest, freeAfter: undefined });
  }

  remove(port: number): void {
    this.replicas.delete(port);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.watching;
  }

  /** Refused calls of pauses that everybody knew of. */
  get late(): Call[] {
    return this.provider.calls.filter(
      ({ at, isRefused }) => isRefused && at > (this.knownAt.get(this.provider.pauseAt(at)) ?? Infinity),
    );
  }

  /** How long it took until all were seen to know, for each pause that can be judged, in ms. */
  get heardMs(): number[] {
    return [...this.knownAt].map(([pause, at]) => Math.round(at - (this.provider.refusedAt[pause] ?? at)));
  }

  private async watch(): Promise<void> {
    while (!this.isOver) {
      await Promise.all([...this.replicas].map((replica) => this.look(...replica)));
      const { newest } = this.provider;
      const seen = [...this.replicas.values()];
      const areAll = seen.length > 0 && seen.every(({ known }) => known === newest);
      if (areAll && !this.provider.isOpen && !this.knownAt.has(newest)) this.knownAt.set(newest, performance.now());
      await sleep(EVERY_MS);
    }
  }

  private async look(port: number, seen: Seen): Promise<void> {
    const { newest } = this.provider;
    const read = await metricsAt(port).catch(() => undefined);
    // One that was killed meanwhile, or what was answered about another pause than was asked about.
    if (read === undefined || newest !== this.provider.newest) return;
    if (read('provider_paused_accounts') === 1) {
      if (seen.freeAfter === newest - 1) seen.known = newest;
    } else if (this.provider.isOpen) seen.freeAfter = newest;
  }
}
