import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from './start.error.js';

export interface ListenAt {
  host: string;
  port: number;
  /** The variable that sets the port, for the message. */
  variable: string;
}

/**
 * Makes a server listen and returns its port.
 * @throws StartError when the port is taken or not allowed: one line that names the variable
 */
export async function listen(server: Server, { host, port, variable }: ListenAt): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.code})`;
      const remedy = `Stop what listens there, or set ${variable} to another port.`;
      reject(new StartError(`${variable}=${port} ${reason} on ${host}. ${remedy}`, { cause: error }));
    });
    server.listen({ host, port }, resolve);
  });
  return (server.address() as AddressInfo).port;
}
