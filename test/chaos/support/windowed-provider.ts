import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider that notes when each call came, and answers after a while. */
export class WindowedProvider {
  /** When each call came, in ms of this process's monotonic clock. */
  readonly came: number[] = [];
  private readonly server: Server;

  /** @param delayMs how long the next answer takes */
  constructor(delayMs: () => number) {
    this.server = createServer((request, response) => {
      this.came.push(performance.now());
      request.resume();
      setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'), delayMs());
    });
    this.server.keepAliveTimeout = 600_000;
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Most calls that came in any window of so many ms. */
  most(windowMs: number): number {
    let [most, first] = [0, 0];
    for (const [last, at] of this.came.entries()) {
      while (at - this.came[first]! >= windowMs) first += 1;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  /** Calls that came after a moment. */
  since(at: number): number {
    return this.came.filter((moment) => moment > at).length;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
