import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { EngineOrder, EngineReport } from '../../processes/engine-alone.js';

/** A process of the engine alone: it starts ahead of time, and looks for no work until it is told to go on. */
export class EngineProcess {
  /** Resolves with exit code or signal when the process is gone. */
  readonly exited: Promise<number | NodeJS.Signals>;
  private readonly child: ChildProcess;
  /** What is to be done when it reports something. */
  private readonly awaited = new Map<unknown, () => void>();
  private readonly isReady: Promise<void>;
  private isStill = false;
  private output = '';

  /** @param engine what `bundleEngine` made */
  constructor(engine: string, env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [engine], { env, stdio: ['pipe', 'pipe', 'pipe', 'ipc'] });
    this.exited = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(signal ?? code ?? 0)));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    }
    // Its end of the pipe goes with it.
    this.child.stdin?.on('error', () => undefined);
    this.child.on('message', (report) => this.awaited.get(report)?.());
    this.isReady = this.report('ready');
    this.isReady.catch(() => undefined);
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  /** Resolves when it has all that it needs. */
  started(): Promise<void> {
    return this.isReady;
  }

  /**
   * Has it stand still, with nothing under way, and end itself at a pass of a point counted from there on.
   * @param together how many runs go together on their way there
   */
  async arm(crashAt: string, together = 1): Promise<void> {
    await this.isReady;
    const still = this.report('still');
    this.order({ crashAt, together });
    await still;
    this.isStill = true;
  }

  /** Has it stand still. */
  async rest(): Promise<void> {
    if (!this.isStill) await this.arm('');
  }

  /** Lets one that stands still look for work. */
  goOn(): void {
    this.isStill = false;
    this.child.stdin?.write('\n');
  }

  /** Resolves when it has ended itself where it was told to. Rejects with its output when it ends otherwise, or not in time. */
  async endedItself(withinMs: number): Promise<void> {
    const end = await Promise.race([this.exited, pause(withinMs, 'nothing', { ref: false })]);
    if (end !== 'SIGKILL') throw new Error(`an engine ended with ${end}, not by itself:\n${this.output}`);
  }

  /** Ends it in order: what it still had to write is written, and what it has compiled is kept for those that come after it. */
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

  private order(order: EngineOrder): void {
    // One that is gone cannot be told; whoever waits for what it reports hears of its end.
    this.child.send(order, () => undefined);
  }

  /** Resolves when the process has told so. Rejects with its output when it ends before. */
  private report(wanted: EngineReport): Promise<void> {
    return new Promise((resolve, reject) => {
      this.awaited.set(wanted, resolve);
      void this.exited.then((end) => reject(new Error(`an engine ended with ${end}, not ${wanted}:\n${this.output}`)));
    });
  }
}
