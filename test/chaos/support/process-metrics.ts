const samples = [
  ['rss', 'process_resident_memory_bytes'],
  ['heap', 'nodejs_heap_size_used_bytes'],
  ['cpu', 'process_cpu_seconds_total'],
  ['handles', 'nodejs_active_resources_total'],
] as const;

/** What a process tells of itself at /metrics. */
export interface ProcessMetrics {
  /** Bytes. */
  rss: number;
  /** Bytes of JavaScript objects, garbage included. */
  heap: number;
  /** Seconds since its start. */
  cpu: number;
  /** Timers, sockets and the like that keep it going. */
  handles: number;
}

/** Reads them. @param port of the process's metrics */
export async function processMetrics(port: number): Promise<ProcessMetrics> {
  const read = await metricsAt(port);
  const found = samples.map(([key, name]) => [key, read(name)] as const);
  return Object.fromEntries(found) as Record<(typeof samples)[number][0], number>;
}

/** What a process tells at /metrics just now, by name. @param port of its metrics */
export async function metricsAt(port: number): Promise<(name: string) => number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const lines = (await response.text()).split('\n');
  return (name) => {
    const line = lines.find((each) => each.startsWith(`${name} `));
    if (line === undefined) throw new Error(`/metrics has no ${name}`);
    return Number(line.slice(name.length + 1));
  };
}
