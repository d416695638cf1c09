import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver that counts the effects of each path and the keys they came with; GET asks for the count. */
export class EffectReceiver {
  private readonly effects = new Map<string, string[]>();
  private readonly held: (() => void)[] = [];
  private isHolding = false;
  private readonly server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const keys = this.keysOf(path);
    if (request.method !== 'GET') keys.push(String(request.headers['idempotency-key']));
    this.effects.set(path, keys);
    request.resume();
    // A probe is answered at once: it asks about a call that may be held.
    if (this.isHolding && request.method !== 'GET') this.held.push(() => answer(response, keys.length));
    else answer(response, keys.length);
  });

  async start(): Promise<void> {
    // A connection that is closed while the platform writes on it would be a failure of the receiver's making.
    this.server.keepAliveTimeout = 600_000;
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The Idempotency-Keys of the effects of a path. */
  keysOf(path: string): string[] {
    return this.effects.get(path) ?? [];
  }

  /** From now on no effect is answered: it is there, and its sender does not know. */
  hold(): void {
    this.isHolding = true;
  }

  /** Answers what is held, and what comes from now on. */
  release(): void {
    this.isHolding = false;
    for (const reply of this.held.splice(0)) reply();
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function answer(response: ServerResponse, count: number): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ count }));
}
