import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/**
 * A TCP port on the loopback interface that nobody listens on at the moment of the call.
 * Nothing reserves it: the caller binds it at once, or retries.
 */
export function freePort(): Promise<number> {
  return probe(0, LOOPBACK);
}

/** Whether `port` can be bound on `host` now. Throws what `listen` fails with for any reason but a port in use. */
export async function isPortFree(port: number, host: string = LOOPBACK): Promise<boolean> {
  try {
    await probe(port, host);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
}

/** `preferred` when it is free, so that a restarted server keeps its address; any free port otherwise. */
export async function portOr(preferred: number | undefined): Promise<number> {
  return preferred !== undefined && (await isPortFree(preferred)) ? preferred : freePort();
}

function probe(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
