import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What V8's profiler tells, as far as it is read here. Times in µs of the machine's monotonic clock. */
interface CpuProfile {
  nodes: readonly { id: number; callFrame: { functionName: string; url: string } }[];
  startTime: number;
  samples: readonly number[];
  timeDeltas: readonly number[];
}

/** A part of the code, and its share of the time in which the process was not idle. */
export interface Share {
  part: string;
  share: number;
}

/**
 * Reads the profile of a process's main thread, which it wrote when it ended.
 * @param from and until: what is counted, in µs of `process.hrtime`
 */
export function sharesOf(folder: string, pid: number, [from, until]: readonly [number, number]): Share[] {
  const profile = JSON.parse(readFileSync(join(folder, `${pid}.json`), 'utf8')) as CpuProfile;
  const parts = new Map(profile.nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const time = new Map<string, number>();
  let at = profile.startTime;
  let busy = 0;
  profile.samples.forEach((sample, i) => {
    const delta = profile.timeDeltas[i] ?? 0;
    at += delta;
    const part = parts.get(sample) ?? '';
    if (at < from || at > until || part === '(idle)') return;
    busy += delta;
    time.set(part, (time.get(part) ?? 0) + delta);
  });
  return [...time].map(([part, spent]) => ({ part, share: spent / busy })).toSorted((a, b) => b.share - a.share);
}

/** Our folder, or the package, or what of Node.js and V8 it is. */
function partOf({ functionName, url }: { functionName: string; url: string }): string {
  if (url === '') return functionName || '(native)';
  if (url.startsWith('node:')) return 'Node.js';
  const [, inPackage] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (inPackage !== undefined) return inPackage;
  return url
    .replace(/.*\/dist\//, '')
    .split('/')
    .slice(0, 4)
    .join('/');
}
