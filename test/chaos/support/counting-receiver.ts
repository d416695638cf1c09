import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver that counts how many requests are open at the same time. */
export class CountingReceiver {
  /** Requests that came. */
  received = 0;
  /** Most requests that were open at the same time. */
  most = 0;
  private open = 0;
  private readonly server: Server;

  /** @param delayMs how long the next answer takes */
  constructor(delayMs: () => number) {
    this.server = createServer((request, response) => {
      this.received += 1;
      this.open += 1;
      this.most = Math.max(this.most, this.open);
      // Answered, or its sender is gone.
      response.once('close', () => (this.open -= 1));
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

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
