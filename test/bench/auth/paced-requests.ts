import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

export interface PacedResult {
  requests: number;
  failed: number;
  p50: number;
  p99: number;
}

/**
 * Sends an ordinary request every few milliseconds, whether the one before has been answered or not: unlike a closed
 * loop it does not ask less when the answers are slow, and alone it keeps nobody busy.
 */
export async function pacedRequests(url: string, token: string, seconds: number, everyMs = 20): Promise<PacedResult> {
  const dispatcher = new Agent({ connections: 64 });
  const headers = { authorization: `Bearer ${token}` };
  const times: number[] = [];
  let failed = 0;
  async function ask(): Promise<void> {
    const startedAt = performance.now();
    const { statusCode, body } = await request(url, { headers, dispatcher });
    await body.dump();
    times.push(performance.now() - startedAt);
    if (statusCode !== 200) failed += 1;
  }
  const asked: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let i = 0; i * everyMs < seconds * 1_000; i++) {
    await sleep(Math.max(0, startedAt + i * everyMs - performance.now()));
    asked.push(ask().catch(() => void (failed += 1)));
  }
  await Promise.all(asked);
  await dispatcher.close();
  times.sort((a, b) => a - b);
  const percentile = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { requests: asked.length, failed, p50: percentile(0.5), p99: percentile(0.99) };
}
