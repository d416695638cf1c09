import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const COMPILED = join(import.meta.dirname, '..', '..', 'dist', 'test', 'sandbox', 'processes');

/** A process of its own that answers questions, so that whatever ends or blocks it is seen from outside. */
export class ForkedProcess<Report> {
  private lastId = 0;
  private readonly waiting = new Map<number, (report: Report) => void>();

  private constructor(private readonly child: ChildProcess) {
    child.setMaxListeners(0);
    child.on('message', ({ id, report }: { id: number; report: Report }) => this.waiting.get(id)?.(report));
  }

  /** @param module name of a compiled file beside this one, which says 'ready' and answers {id, …} with {id, report} */
  static async start<Report>(module: string, env: Record<string, string> = {}): Promise<ForkedProcess<Report>> {
    const child = fork(join(COMPILED, `${module}.js`), { env: { ...process.env, ...env }, execArgv: [] });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`${module} ended with ${code}`)));
    });
    return new ForkedProcess(child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Rejects when the process ends instead of answering. */
  ask(question: object): Promise<Report> {
    this.lastId += 1;
    const id = this.lastId;
    if (!this.child.connected) return Promise.reject(new Error(`ended before: ${this.child.exitCode}`));
    return new Promise((resolve, reject) => {
      const gone = (code: number | null, signal: string | null) => reject(new Error(`ended: ${code ?? signal}`));
      this.child.once('exit', gone);
      this.waiting.set(id, (report) => {
        this.child.off('exit', gone);
        this.waiting.delete(id);
        resolve(report);
      });
      this.child.send({ id, ...question });
    });
  }

  stop(): void {
    this.child.disconnect();
  }
}
