import { freePort } from '@app/servers';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchWorld } from '../bench-world.js';
import { measureRuns } from '../measure-runs.js';
import { executeLoad } from './execute.js';
import { pureSteps, type Workload } from './workload.js';

const WARM_UP_SECONDS = 5;
/** A wait for a lock that is longer than this is too long. */
const LOCK_WAIT = '10ms';

export const replicas: Workload = {
  letter: 'G',
  title: 'A with two workflow replicas and two gateways',
  bar: 0.06 * 0.75,
  prepare: async (world, notes) => {
    const [gateway, workflow] = await Promise.all([Replica.start(world, 'gateway'), Replica.start(world, 'workflow')]);
    world.whenStopping(() => Promise.all([gateway.stop(), workflow.stop()]));
    await world.db.query(`ALTER SYSTEM SET deadlock_timeout = '${LOCK_WAIT}'`);
    await world.db.query('ALTER SYSTEM SET log_lock_waits = on');
    await world.db.query('SELECT pg_reload_conf()');
    const load = await executeLoad(world, pureSteps);
    const { pathname } = new URL(load.url);
    const shared = { ...load, more: [`http://127.0.0.1:${gateway.port}${pathname}`] };
    await measureRuns(world, shared, WARM_UP_SECONDS);
    return async () => {
      const before = databaseLog(world).length;
      const figures = await measureRuns(world, shared);
      const log = databaseLog(world).slice(before);
      const count = (pattern: RegExp): number => log.match(pattern)?.length ?? 0;
      notes.push(
        `G: ${count(/deadlock detected/g)} deadlocks, ${count(/could not serialize/g)} serialization errors, ` +
          `${count(/still waiting for/g)} waits for a lock over ${LOCK_WAIT}`,
      );
      return figures;
    };
  },
};

function databaseLog({ platform }: BenchWorld): string {
  return readFileSync(join(platform.dataDir, 'logs', 'postgres.log'), 'utf8');
}

/** One more process of a service, on the platform of the bench. */
class Replica {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start({ platform }: BenchWorld, service: 'gateway' | 'workflow'): Promise<Replica> {
    const port = service === 'gateway' ? await freePort() : 0;
    const main = join(import.meta.dirname, '..', '..', '..', 'apps', 'cli', 'src', 'main.js');
    const env = { ...process.env, ...platform.variables, ...(port > 0 && { SERVER_PORT: String(port) }) };
    const child = spawn(process.execPath, [main, 'serve', service], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`The replica of ${service} ended.\n${told}`);
      // The gateway says how it is where it serves; the other has a port of its own for that, and names it.
      const health = port || Number(/HEALTH_PORT=(\d+)/.exec(told)?.[1] ?? 0);
      const ready = health > 0 && (await fetch(`http://127.0.0.1:${health}/ready`).catch(() => undefined))?.ok;
      if (ready) return new Replica(child, port);
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}
