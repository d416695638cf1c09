import type { ChildProcess } from 'node:child_process';
import { eventually } from '../eventually.js';

/** A service under test: a process of its own, as in production. */
export class TestService {
  /** Base URL of its HTTP server: the API of the gateway, /health and /ready of the others. */
  readonly url: string;
  /** Resolves with exit code or signal when the process is gone. */
  readonly exited: Promise<number | NodeJS.Signals>;
  private output = '';

  constructor(
    private readonly name: string,
    private readonly child: ChildProcess & { readonly pid: number },
    port: number | string,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? 0)));
    const collect = (chunk: Buffer): void => {
      this.output += chunk.toString('utf8');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Everything it wrote so far, standard output and error together. */
  logs(): string {
    return this.output;
  }

  /** Whether /ready answers 200 at this moment. */
  async isReady(): Promise<boolean> {
    const response = await fetch(`${this.url}/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    // Read, not cancelled: a cancelled body can leave the client's connection stuck, and every later look with it.
    await response?.text();
    return response?.status === 200;
  }

  /** Waits until /ready answers 200. Throws with the output when the process ends or time is up. */
  async ready(timeoutMs: number): Promise<void> {
    const ended = (): boolean => this.child.exitCode !== null || this.child.signalCode !== null;
    const seen = await eventually(async () => ended() || (await this.isReady()), { timeoutMs }).catch(() => false);
    if (!seen || ended()) {
      this.child.kill('SIGKILL');
      throw new Error(`${this.name} did not get ready:\n${this.output}`);
    }
  }

  /** Sends a signal, SIGKILL unless told otherwise, and waits until the process is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | NodeJS.Signals> {
    this.child.kill(signal);
    return this.exited;
  }

  /** Ends it in order. */
  async stop(): Promise<number | NodeJS.Signals> {
    return this.kill('SIGTERM');
  }
}
