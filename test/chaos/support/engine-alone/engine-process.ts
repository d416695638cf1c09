import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { EngineOrder, EngineReport } from '../../processes/engine-alone.js';
import type { KeepOrder, KeepReport } from '../../processes/run-engine.js';

const RUN_ENGINE = join(import.meta.dirname, '../../../../dist/test/chaos/processes/run-engine.js');

/** A process of the engine alone: it is loaded ahead of time, and does nothing until it is told to begin. */
export class EngineProcess {
  /** Resolves with exit code or signal when the process is gone. */
  readonly exited: Promise<number | NodeJS.Signals>;
  private readonly child: ChildProcess;
  private readonly isLoaded: Promise<void>;
  private output = '';

  /** @param script what `bundleEngine` made */
  constructor(script: string, env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [RUN_ENGINE, script], { env, stdio: ['pipe', 'pipe', 'pipe', 'ipc'] });
    this.exited = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(signal ?? code ?? 0)));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    }
    // Its end of the pipe goes with it.
    this.child.stdin?.on('error', () => undefined);
    this.isLoaded = this.report('loaded');
    this.isLoaded.catch(() => undefined);
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  /** Lets it take its lease and work. */
  async begin(): Promise<void> {
    await this.isLoaded;
    this.order('begin');
  }

  /** Has it end itself at a pass of a point, counted from here on. It stands still until `goOn`. */
  async arm(crashAt: string): Promise<void> {
    const armed = this.report('armed');
    this.order({ crashAt });
    await armed;
  }

  goOn(): void {
    this.child.stdin?.write('\n');
  }

  /** Keeps the code that it has compiled so far for those that come after it. */
  async keepCompiled(): Promise<void> {
    const kept = this.report('kept');
    this.order('keep');
    await kept;
  }

  /** Ends it in order: what it still had to write is written. */
  stop(): Promise<number | NodeJS.Signals> {
    return this.end('SIGTERM');
  }

  kill(): Promise<number | NodeJS.Signals> {
    return this.end('SIGKILL');
  }

  private end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.child.kill(signal);
    return this.exited;
  }

  private order(order: EngineOrder | KeepOrder): void {
    this.child.send(order);
  }

  /** Resolves when the process has told so. Rejects with its output when it ends before. */
  private report(wanted: EngineReport | KeepReport): Promise<void> {
    return new Promise((resolve, reject) => {
      this.child.on('message', (report: unknown) => report === wanted && resolve());
      void this.exited.then((end) => reject(new Error(`an engine ended with ${end}, not ${wanted}:\n${this.output}`)));
    });
  }
}
