import { canUnpack, unpackPackages } from '@app/servers';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One HTTP load: a fixed number of connections, each with one request under way, for a fixed time. */
export interface WrkLoad {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  connections: number;
  seconds: number;
}

export interface WrkResult {
  succeeded: number;
  /** Other statuses, broken connections and time-outs. */
  failed: number;
  perSecond: number;
  /** Latencies in ms. */
  p50: number;
  p95: number;
}

/** Prints what the load came to as JSON, where we find it behind wrk's own report. */
const REPORT = `
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\\nREPORT {"requests": %d, "failed": %d, "us": %d, "p50": %f, "p95": %f}\\n',
    summary.requests, e.status + e.connect + e.read + e.write + e.timeout, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000))
end`;

/** The load generator wrk, Debian's package: written in C, it leaves the cores to what is measured. */
export class Wrk {
  private scripts = 0;

  private constructor(
    private readonly folder: string,
    private readonly root: string,
  ) {}

  /** Fetches and unpacks it. Throws where Debian's tools are missing, or what apt says. */
  static async unpack(): Promise<Wrk> {
    if (!canUnpack()) throw new Error('The load generator wrk comes from Debian: this system has no apt and dpkg.');
    const folder = mkdtempSync(join(tmpdir(), 'biometrics-wrk-'));
    return new Wrk(folder, await unpackPackages(['wrk', 'libluajit-5.1-2'], folder));
  }

  async apply({ url, method = 'GET', headers = {}, body, connections, seconds }: WrkLoad): Promise<WrkResult> {
    const script = join(this.folder, `load-${(this.scripts += 1)}.lua`);
    const lines = [
      `wrk.method = ${lua(method)}`,
      ...Object.entries(headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`),
      ...(body === undefined ? [] : [`wrk.body = ${lua(body)}`]),
    ];
    writeFileSync(script, `${lines.join('\n')}\n${REPORT}\n`);
    const args = ['-t1', `-c${connections}`, `-d${Math.ceil(seconds)}s`, '--timeout', '30s', '-s', script, url];
    const { stdout } = await run(join(this.root, 'usr', 'bin', 'wrk'), args, { env: this.environment() });
    const report = JSON.parse(/^REPORT (.*)$/m.exec(stdout)?.[1] ?? '{}') as Report;
    const succeeded = report.requests - report.failed;
    return {
      succeeded,
      failed: report.failed,
      perSecond: (succeeded / report.us) * 1e6,
      p50: report.p50,
      p95: report.p95,
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Its libraries, where the system does not have them. */
  private environment(): NodeJS.ProcessEnv {
    const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu'].map((path) => join(this.root, path));
    return { ...process.env, LD_LIBRARY_PATH: libraries.filter((path) => existsSync(path)).join(':') };
  }
}

interface Report {
  requests: number;
  failed: number;
  us: number;
  p50: number;
  p95: number;
}

/** A JSON text is a Lua text, but for the way that other than ASCII characters are escaped: there are none here. */
function lua(text: string): string {
  return JSON.stringify(text);
}
