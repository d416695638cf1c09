import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface ReceivedRequest {
  method: string;
  /** What the test tells requests apart by: the run and the step are in it. */
  path: string;
  idempotencyKey: string;
  /** ms since 1970. */
  at: number;
}

/** The far end of `http.request` steps: counts what arrives and answers after a while, or not before it is told to. */
export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  private readonly server: Server;
  private readonly held: (() => void)[] = [];
  private isHolding = false;

  private constructor(private readonly delayMs: number) {
    this.server = createServer((request, response) => this.take(request, response));
    // A connection that is closed while the platform writes on it would be a failure of the receiver's making.
    this.server.keepAliveTimeout = 600_000;
  }

  /** @param delayMs how long an answer takes */
  static async start(delayMs = 0): Promise<Receiver> {
    const receiver = new Receiver(delayMs);
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on nothing is answered. */
  hold(): void {
    this.isHolding = true;
  }

  /** Answers the oldest `count` of the held requests. */
  answer(count: number): void {
    for (const reply of this.held.splice(0, count)) reply();
  }

  /** Answers everything that is held, and what comes from now on. */
  release(): void {
    this.isHolding = false;
    this.answer(this.held.length);
  }

  /** What arrived, by path. */
  byPath(): Map<string, ReceivedRequest[]> {
    const groups = new Map<string, ReceivedRequest[]>();
    for (const request of this.requests) groups.set(request.path, [...(groups.get(request.path) ?? []), request]);
    return groups;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    const received = { method, path: url, idempotencyKey: String(headers['idempotency-key']), at: Date.now() };
    const count = this.requests.push(received);
    const reply = (): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ count }));
    };
    request.resume();
    if (this.isHolding) this.held.push(reply);
    else setTimeout(reply, this.delayMs);
  }
}
