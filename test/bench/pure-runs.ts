import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { Account } from './account.js';
import { applyLoad, type LoadResult } from './load.js';
import type { Platform } from './platform.js';

export interface RunsResult {
  accepted: LoadResult;
  /** Runs completed per second, from the first request until the last run was done. */
  completedPerSecond: number;
  /** From accepted to completed, in ms. */
  latency: { p50: number; p95: number; p99: number };
  /** Runs that did not complete. */
  notCompleted: number;
}

const threeSteps = [
  { id: 'pick', type: 'transform', config: { expression: '{"name": input.name, "total": input.price * input.count}' } },
  { id: 'tax', type: 'transform', config: { expression: 'steps.pick.output.total * 0.2' } },
  { id: 'sum', type: 'transform', config: { expression: 'steps.pick.output.total + steps.tax.output' } },
];
const input = { name: 'a thing', price: 12.5, count: 3 };
const CONNECTIONS = 32;
const DRAIN_WITHIN_MS = 120_000;

/** Executes a workflow of three pure steps over REST, authenticated, and waits until every accepted run is done. */
export async function pureRuns(platform: Platform, seconds: number): Promise<RunsResult> {
  const account = await Account.register(platform.url);
  const workflowId = await account.createWorkflow(threeSteps);
  const startedAt = performance.now();
  const accepted = await applyLoad({
    url: `${platform.url}/api/v1/workflows/${workflowId}/execute`,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${account.token}` },
    body: JSON.stringify({ input }),
    connections: CONNECTIONS,
    seconds,
  });
  const client = new Client({ connectionString: platform.databaseUrl });
  await client.connect();
  try {
    await drained(client, workflowId);
    const took = (performance.now() - startedAt) / 1_000;
    const { completed, total, ...latency } = await figures(client, workflowId);
    return { accepted, completedPerSecond: completed / took, latency, notCompleted: total - completed };
  } finally {
    await client.end();
  }
}

async function drained(client: Client, workflowId: string): Promise<void> {
  const deadline = performance.now() + DRAIN_WITHIN_MS;
  const left = 'SELECT count(*)::int AS left FROM claims WHERE workflow_id = $1';
  while (performance.now() < deadline) {
    const { rows } = await client.query<{ left: number }>(left, [workflowId]);
    if (rows[0]?.left === 0) return;
    await sleep(50);
  }
}

interface Figures {
  completed: number;
  total: number;
  p50: number;
  p95: number;
  p99: number;
}

async function figures(client: Client, workflowId: string): Promise<Figures> {
  const { rows } = await client.query<Figures>(
    `SELECT count(*) FILTER (WHERE status = 'completed')::int AS completed, count(*)::int AS total,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50,
            percentile_cont(0.95) WITHIN GROUP (ORDER BY ms) AS p95,
            percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) AS p99
     FROM (SELECT status, extract(epoch FROM completed_at - created_at)::float8 * 1000 AS ms
           FROM workflow_runs WHERE workflow_id = $1) AS runs`,
    [workflowId],
  );
  return rows[0] ?? { completed: 0, total: 0, p50: NaN, p95: NaN, p99: NaN };
}
