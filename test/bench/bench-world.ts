import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { Account } from './account.js';
import { Platform } from './platform.js';
import { Replica, type ReplicaService } from './replica.js';
import { Wrk } from './wrk.js';

/** What workloads are measured with: a platform with somebody who has an account, a load generator, a server to call. */
export class BenchWorld {
  private readonly replicas: Replica[] = [];

  private constructor(
    readonly platform: Platform,
    readonly account: Account,
    /** A connection of ours to the platform's database. */
    readonly db: Client,
    readonly wrk: Wrk,
    private readonly echo: ChildProcess,
    readonly echoUrl: string,
    /** Of one measurement. */
    readonly seconds: number,
  ) {}

  /** @param variables and dataDir as `Platform.start` has them */
  static async start(
    seconds: number,
    variables: Readonly<Record<string, string>> = {},
    dataDir?: string,
  ): Promise<BenchWorld> {
    const wrk = await Wrk.unpack();
    const echo = fork(join(import.meta.dirname, 'echo-server.js'), { stdio: 'inherit' });
    const [port] = (await once(echo, 'message')) as [number];
    const platform = await Platform.start({ EGRESS_ALLOW: '127.0.0.0/8', ...variables }, dataDir);
    const db = new Client({ connectionString: platform.databaseUrl });
    await db.connect();
    const account = await Account.register(platform.url);
    return new BenchWorld(platform, account, db, wrk, echo, `http://127.0.0.1:${port}`, seconds);
  }

  /** The processes of the services, with the service that each belongs to. */
  get services(): Map<number, string> {
    const replicas = this.replicas.map(({ pid, service }) => [pid, service] as const);
    return new Map([...Object.entries(this.platform.services).map(([name, pid]) => [pid, name] as const), ...replicas]);
  }

  /** Starts one more process of a service, which ends with the world. */
  async addReplica(service: ReplicaService): Promise<Replica> {
    const replica = await Replica.start(this.platform, service);
    this.replicas.push(replica);
    return replica;
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.db.end();
    this.echo.kill();
    this.wrk.remove();
    await this.platform.stop();
  }
}
