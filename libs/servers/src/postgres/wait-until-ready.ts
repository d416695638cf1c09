import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { ServerError } from '../server.error.js';
import type { SpawnedServer } from '../processes/spawn-server.js';

const POLL_MS = 50;

/** Recovery after a crash replays the log first, which can take a while on a slow disk. */
const DEADLINE_MS = 300_000;

/** 57P03 cannot_connect_now: starting up, shutting down or in recovery. */
const NOT_YET = '57P03';

/**
 * Waits until the server answers on `url`. Returns false when its process ended before that.
 * Throws ServerError when it answers but does not let us in, or needs longer than five minutes.
 */
export async function waitUntilReady(server: SpawnedServer, url: string): Promise<boolean> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!server.hasExited()) {
    if (await answers(url)) return true;
    if (Date.now() > deadline) throw new ServerError('PostgreSQL did not get ready within five minutes.');
    await sleep(POLL_MS);
  }
  return false;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // A server that goes away in between is noticed by the next attempt.
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code !== NOT_YET) {
      throw new ServerError(`PostgreSQL refuses our connection: ${error.message}`, { cause: error });
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
