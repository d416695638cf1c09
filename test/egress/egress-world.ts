import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EgressClient, type EgressRequest, type Resolve } from '@app/egress';

/** A request as a receiver saw it. */
export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Receiver {
  /** `http://127.0.0.1:<port>`; every server is an origin of its own. */
  url: string;
  port: number;
  server: Server;
  seen: Seen[];
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Receivers on the loopback interface and clients that call them, all gone after `end`. */
export class EgressWorld {
  private readonly cleanups: (() => Promise<void>)[] = [];

  /** A receiver that answers once it has read the request. */
  async serve(handler: Handler, options: object = {}): Promise<Receiver> {
    const seen: Seen[] = [];
    const server = createServer(options, (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
        handler(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.cleanups.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, port, server, seen };
  }

  /** A receiver that sends every request elsewhere. */
  redirecting(status: number, location: string | (() => string)): Promise<Receiver> {
    return this.serve((_request, response) =>
      response.writeHead(status, { location: typeof location === 'string' ? location : location() }).end('moved'),
    );
  }

  client(config: { allow?: string[]; maxResponseBytes?: number } = {}, resolve?: Resolve): EgressClient {
    const egress = new EgressClient({ allow: ['127.0.0.0/8'], maxResponseBytes: 1_000, ...config }, resolve);
    this.cleanups.push(() => egress.close());
    return egress;
  }

  async end(): Promise<void> {
    for (const cleanup of this.cleanups.splice(0).toReversed()) await cleanup();
  }
}

export const egressCall = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({
  method: 'GET',
  url,
  headers: {},
  body: null,
  timeoutMs: 5_000,
  signal: new AbortController().signal,
  reuseConnection: false,
  ...more,
});

/** Something that happens once. */
export class Happening {
  private resolve!: () => void;
  readonly happened = new Promise<void>((resolve) => (this.resolve = resolve));

  happens(): void {
    this.resolve();
  }
}
