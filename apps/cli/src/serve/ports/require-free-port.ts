import { StartError } from '@app/observability';
import { isPortFree } from '@app/servers';

/** A port that a process is going to listen on, and how its user chooses another one. */
export interface WantedPort {
  readonly host: string;
  readonly port: number;
  /** As in "or choose another one with …". */
  readonly otherwise: string;
}

/** Throws StartError, one line with the remedy, unless the port can be bound now. */
export async function requireFreePort({ host, port, otherwise }: WantedPort): Promise<void> {
  const free = await isPortFree(port, host).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`Port ${port} on ${host} cannot be used: ${reason}.`, { cause: error });
  });
  if (!free) {
    throw new StartError(
      `Port ${port} on ${host} is taken: stop what listens there, or choose another one with ${otherwise}.`,
    );
  }
}
