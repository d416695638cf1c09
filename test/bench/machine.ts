import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were taken on, as a line: call it before the load. */
export function describeMachine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  const load = (loadavg()[0] ?? NaN).toFixed(1);
  return `${cpus().length} × ${cpus()[0]?.model.trim()}, ${memory} GiB, Node.js ${process.version}, ${date}, load average before ${load}`;
}
