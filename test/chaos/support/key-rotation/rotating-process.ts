import { spawn } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', '..', '..', '..', 'dist', 'apps', 'cli', 'src', 'main.js');

/** How a process ended. */
export interface Ended {
  code: number | NodeJS.Signals;
  output: string;
  errors: string;
}

/** `biometrics keys rotate` as a process of its own, to be killed. */
export class RotatingProcess {
  readonly ended: Promise<Ended>;
  private readonly child;

  /** @param batch rows of one transaction */
  constructor(env: Readonly<Record<string, string>>, batch: number) {
    const args = [MAIN, '--json', 'keys', 'rotate', '--batch', String(batch)];
    this.child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] ?? '', ...env } });
    const texts = { output: '', errors: '' };
    this.child.stdout.on('data', (chunk: Buffer) => (texts.output += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (texts.errors += chunk.toString()));
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve({ code: signal ?? code ?? 0, ...texts }));
    });
  }

  kill(): Promise<Ended> {
    this.child.kill('SIGKILL');
    return this.ended;
  }
}
