import { freePort } from '@app/servers';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from './platform.js';

/** A service that may have several processes. */
export type ReplicaService = 'gateway' | 'workflow';

/** One more process of a service, on the platform of the bench. */
export class Replica {
  private constructor(
    private readonly child: ChildProcess,
    readonly service: ReplicaService,
    readonly port: number,
  ) {}

  static async start(platform: Platform, service: ReplicaService): Promise<Replica> {
    const port = service === 'gateway' ? await freePort() : 0;
    const main = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'src', 'main.js');
    const env = { ...process.env, ...platform.variables, ...(port > 0 && { SERVER_PORT: String(port) }) };
    const child = spawn(process.execPath, [main, 'serve', service], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`The replica of ${service} ended.\n${told}`);
      // The gateway says how it is where it serves; the other has a port of its own for that, and names it.
      const health = port || Number(/HEALTH_PORT=(\d+)/.exec(told)?.[1] ?? 0);
      const ready = health > 0 && (await fetch(`http://127.0.0.1:${health}/ready`).catch(() => undefined))?.ok;
      if (ready) return new Replica(child, service, port);
      await sleep(100);
    }
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}
