import { inject } from 'vitest';

/** What the global set-up hands to the test files: the servers of this run. */
export interface ProvidedServers {
  /** A superuser's URL of the run's PostgreSQL, on its maintenance database. */
  readonly postgresUrl: string;
  /** Database with all migrations applied that nobody connects to. */
  readonly templateDatabase: string;
  /** The run's Redis, logical database 0. */
  readonly redisUrl: string;
  /** Folder of this run, removed at its end. */
  readonly folder: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    servers: ProvidedServers;
  }
}

/** The servers of this run. Throws in a unit test, which has none. */
export function providedServers(): ProvidedServers {
  const servers: ProvidedServers | undefined = inject('servers');
  if (servers === undefined) throw new Error('Only *.int-spec.ts, test/e2e and test/chaos have servers to talk to.');
  return servers;
}
