import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { Account } from './account.js';
import { Platform } from './platform.js';
import { Wrk } from './wrk.js';

/** What workloads are measured with: a platform with somebody who has an account, a load generator, a server to call. */
export class BenchWorld {
  private readonly ends: (() => Promise<unknown>)[] = [];

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

  /** @param end something to stop before the platform */
  whenStopping(end: () => Promise<unknown>): void {
    this.ends.push(end);
  }

  async stop(): Promise<void> {
    for (const end of this.ends) await end();
    await this.db.end();
    this.echo.kill();
    this.wrk.remove();
    await this.platform.stop();
  }
}
