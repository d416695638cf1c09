import autocannon from 'autocannon';

/** One HTTP load: a fixed number of connections, each with one request under way, for a fixed time. */
export interface Load {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Several bodies, sent in turn. */
  bodies?: readonly string[];
  connections: number;
  seconds: number;
  /** Requests started per second over all connections; as many as are answered when left out. */
  perSecond?: number;
}

export interface LoadResult {
  /** Answers with a status of 2xx. */
  succeeded: number;
  /** Everything else: other statuses, broken connections, time-outs. */
  failed: number;
  /** Succeeded requests per second. */
  perSecond: number;
  /** Latencies of all answers, in ms. */
  p50: number;
  p95: number;
  p99: number;
}

/** Applies a load from this process, which shares the machine with what it measures. */
export async function applyLoad({
  url,
  method = 'GET',
  headers = {},
  body,
  bodies = [],
  connections,
  seconds,
  perSecond,
}: Load): Promise<LoadResult> {
  const times: number[] = [];
  const options = {
    url,
    method,
    headers,
    ...(body !== undefined && { body }),
    ...(bodies.length > 0 && { requests: bodies.map((text) => ({ body: text })) }),
    connections,
    duration: seconds,
    timeout: 30,
    ...(perSecond !== undefined && { overallRate: perSecond }),
  };
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(options, (error: unknown, done) => {
      if (error instanceof Error) reject(error);
      else resolve(done);
    });
    instance.on('response', (_client, _status, _bytes, ms) => times.push(ms));
  });
  times.sort((a, b) => a - b);
  const percentile = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return {
    succeeded: result['2xx'],
    failed: result.non2xx + result.errors,
    perSecond: result['2xx'] / result.duration,
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
  };
}
