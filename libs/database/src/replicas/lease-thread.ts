import { Client } from 'pg';
import { parentPort, workerData } from 'node:worker_threads';
import { giveUpLeaseSql, registerReplicaSql, renewLeaseSql } from './replicas.sql.js';

/** What the thread is started with. `renewedAt` is shared memory: the monotonic time (ns) of the last renewal. */
export interface LeaseThreadData {
  connectionString: string;
  ssl: boolean | object;
  replicaId: string;
  service: string;
  host: string;
  leaseMs: number;
  heartbeatMs: number;
  renewedAt: BigInt64Array;
}

/** What the thread tells: it has the lease, it lost it for good, or why it cannot get one. */
export type LeaseThreadMessage = { type: 'taken' } | { type: 'lost' } | { type: 'failed'; message: string };

/**
 * Renews the lease from a thread and a connection of its own, so that neither a busy event loop nor an exhausted pool
 * of the main thread looks like death.
 */
async function keepLease(data: LeaseThreadData): Promise<void> {
  let client: Client | undefined;
  let stopping = false;
  let wake: () => void = () => undefined;
  parentPort?.once('message', () => {
    stopping = true;
    wake();
  });

  const connect = async (): Promise<Client> => {
    const fresh = new Client({
      connectionString: data.connectionString,
      ssl: data.ssl,
      connectionTimeoutMillis: data.leaseMs,
      query_timeout: data.leaseMs,
      application_name: 'biometrics-lease',
    });
    fresh.on('error', () => (client = undefined));
    await fresh.connect();
    return fresh;
  };
  const tell = (message: LeaseThreadMessage): void => parentPort?.postMessage(message);

  try {
    client = await connect();
    const at = process.hrtime.bigint();
    const { replicaId, service, host, leaseMs } = data;
    await client.query(registerReplicaSql, [replicaId, service, host, process.pid, leaseMs]);
    Atomics.store(data.renewedAt, 0, at);
    tell({ type: 'taken' });
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    return;
  }

  while (!stopping) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, data.heartbeatMs);
    });
    if (stopping) break;
    try {
      client ??= await connect();
      // Taken before the statement: the lease the server grants is never shorter than what we believe.
      const at = process.hrtime.bigint();
      const values = [data.replicaId, data.leaseMs];
      const renewed = await client.query({ name: 'renew-lease', text: renewLeaseSql, values });
      if (renewed.rowCount === 0) {
        tell({ type: 'lost' });
        break;
      }
      Atomics.store(data.renewedAt, 0, at);
    } catch {
      // The main thread sees that `renewedAt` stands still; the next turn tries a new connection.
      await client?.end().catch(() => undefined);
      client = undefined;
    }
  }
  await client?.query(giveUpLeaseSql, [data.replicaId]).catch(() => undefined);
  await client?.end().catch(() => undefined);
  parentPort?.close();
}

await keepLease(workerData as LeaseThreadData);
