import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call as it came. Times in ms of this process's monotonic clock. */
export interface Call {
  path: string;
  at: number;
  isRefused: boolean;
}

/** What a refusal says about the time to come back. */
export type Refusal = (forMs: number) => Record<string, string>;

export const inSeconds: Refusal = (forMs) => ({ 'retry-after': String(forMs / 1_000) });
/** Dates have whole seconds: the one that is not too early. */
export const asDate: Refusal = (forMs) => ({
  'retry-after': new Date(Math.ceil((Date.now() + forMs) / 1_000) * 1_000).toUTCString(),
});

export interface ProviderOptions {
  /** Calls that are let through at first. */
  first: number;
  /** Calls that are let through each time the time to wait is over. */
  budget: number;
  waitMs: number;
  refusal?: Refusal;
  /** Nothing is answered before `release`. */
  isHeld?: boolean;
}

/** A provider that lets so many calls through, and refuses all that come before the time it then asks to wait is over. */
export class RefusingProvider {
  readonly calls: Call[] = [];
  /** When the first call of each time to wait was refused. */
  readonly refusedAt: number[] = [];
  private left: number;
  private opensAt = Number.POSITIVE_INFINITY;
  private held: (() => void)[] | undefined;
  private readonly server: Server;

  private constructor(private readonly options: ProviderOptions) {
    this.left = options.first;
    if (options.isHeld === true) this.held = [];
    this.server = createServer((request, response) => {
      request.resume();
      this.take(request.url ?? '', response);
    });
    this.server.keepAliveTimeout = 600_000;
  }

  static async start(options: ProviderOptions): Promise<RefusingProvider> {
    const provider = new RefusingProvider(options);
    provider.server.listen(0, '127.0.0.1');
    await once(provider.server, 'listening');
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Calls that wait for `release`. */
  get waiting(): number {
    return this.held?.length ?? 0;
  }

  /** Answers what was held, and from now on everything at once. */
  release(): void {
    const { held = [] } = this;
    this.held = undefined;
    for (const answer of held) answer();
  }

  get refused(): number {
    return this.calls.filter(({ isRefused }) => isRefused).length;
  }

  /** Refused calls that came more than `graceMs` after the first one, when everybody has heard of it. */
  late(graceMs: number): Call[] {
    return this.calls.filter(({ at, isRefused }) => {
      const since = this.refusedAt.findLast((moment) => moment <= at);
      return isRefused && since !== undefined && at > since + graceMs;
    });
  }

  /** The number of the newest time to wait, from 0; -1 before the first. */
  get newest(): number {
    return this.refusedAt.length - 1;
  }

  /** Whether it lets calls through just now. */
  get isOpen(): boolean {
    return this.opensAt === Number.POSITIVE_INFINITY || performance.now() >= this.opensAt;
  }

  /** The number of the time to wait that had begun last at a moment. */
  pauseAt(moment: number): number {
    return this.refusedAt.findLastIndex((from) => from <= moment);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private take(path: string, response: ServerResponse): void {
    if (this.held === undefined) this.answer(path, response);
    else this.held.push(() => this.answer(path, response));
  }

  private answer(path: string, response: ServerResponse): void {
    const { budget, waitMs, refusal = inSeconds } = this.options;
    const at = performance.now();
    if (at >= this.opensAt) [this.left, this.opensAt] = [budget, Number.POSITIVE_INFINITY];
    const isRefused = this.left === 0;
    this.calls.push({ path, at, isRefused });
    if (!isRefused) {
      this.left -= 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    if (this.opensAt === Number.POSITIVE_INFINITY) {
      this.opensAt = at + waitMs;
      this.refusedAt.push(at);
    }
    response.writeHead(429, refusal(Math.ceil((this.opensAt - at) / 1_000) * 1_000)).end();
  }
}
