import { newId } from '@app/contracts';
import { acceptRuns } from '@app/database';
import type { StepDefinition } from '@app/definition';
import { eventually, sized, spawnService, testDatabase, testRedis, type TestDatabase } from '@app/testing';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashPoints, type CrashPoint } from '../../apps/workflow/src/crash-points/crash-points.service.js';
import { note } from './support/figures.js';

/** At which of its passes of a point the process ends: the second commit of a run is another one than the first. */
const passesOf = (point: CrashPoint): readonly number[] =>
  sized({ ci: point.startsWith('commit') ? [1, 2] : [1], full: [1, 2, 3, 4, 5] });

interface Place {
  workflow: string;
  url: string;
}

/** A workflow for each class of effects: what its step does, and what must be true of it in the end. */
const classes = {
  pure: (): StepDefinition[] => [{ id: 'x', type: 'transform', config: { expression: 'input.n * 2' } }],
  transactional: ({ workflow }: Place): StepDefinition[] => [
    { id: 'x', type: 'workflow.run', config: { workflow_id: workflow, input: { n: '{{ input.n }}' } } },
  ],
  keyed: ({ url }: Place): StepDefinition[] => [{ id: 'x', type: 'http.request', config: { method: 'PUT', url } }],
  verifiable: ({ url }: Place): StepDefinition[] => [
    {
      id: 'x',
      type: 'http.request',
      config: { method: 'POST', url },
      probe: { request: { method: 'GET', url }, expression: 'body.count > 0' },
    },
  ],
  unsafe: ({ url }: Place): StepDefinition[] => [{ id: 'x', type: 'http.request', config: { method: 'POST', url } }],
} as const;
type EffectClass = keyof typeof classes;

/** Points that a workflow of the class never comes to: it makes no call, or starts no run. */
const unreachable: Readonly<Record<EffectClass, readonly CrashPoint[]>> = {
  pure: ['call.before', 'call.after', 'deliver.after'],
  transactional: ['call.before', 'call.after'],
  keyed: ['deliver.after'],
  verifiable: ['deliver.after'],
  unsafe: ['deliver.after'],
};

/** A receiver that counts the effects of each path and the keys they came with; GET asks for the count. */
class Receiver {
  readonly effects = new Map<string, string[]>();
  readonly server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const keys = this.effects.get(path) ?? [];
    if (request.method !== 'GET') keys.push(String(request.headers['idempotency-key']));
    this.effects.set(path, keys);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ count: keys.length }));
  });
}

let database: TestDatabase;
let pool: Pool;
let env: Record<string, string>;
let child: string;
const receiver = new Receiver();
const userId = newId();
const table: string[] = [];

beforeAll(async () => {
  const redis = await testRedis();
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
  await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, 'a@example.com', 'A')`, [userId]);
  await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    EGRESS_ALLOW: '127.0.0.1/32',
    ENGINE_POLL_MS: '50',
    ENGINE_HEARTBEAT_MS: '100',
    ENGINE_ABORT_AFTER_MS: '400',
    ENGINE_LEASE_MS: '600',
  };
  child = await createWorkflow([{ id: 'y', type: 'transform', config: { expression: 'input.n * 2' } }]);
});
afterAll(async () => {
  process.stdout.write(`${['point#pass, class: outcome', ...table].join('\n  ')}\n`);
  receiver.server.closeAllConnections();
  receiver.server.close();
  await pool.end();
  await database.drop();
});

async function createWorkflow(steps: StepDefinition[]): Promise<string> {
  const id = newId();
  await pool.query(
    `WITH w AS (INSERT INTO workflows (id, user_id, name, trigger_type, steps) VALUES ($1, $2, 'w', 'manual', $3))
     INSERT INTO workflow_versions (workflow_id, version, name, description, trigger_type, steps, config)
     VALUES ($1, 1, 'w', '', 'manual', $3, '{}')`,
    [id, userId, JSON.stringify(steps)],
  );
  return id;
}

async function accept(workflowId: string): Promise<string> {
  const id = newId();
  const trigger = { type: 'manual' as const };
  const more = { correlationId: null, tags: [], needsActive: false, dedupeKey: null };
  await acceptRuns(pool, [{ id, workflowId, userId, trigger, inputJson: '{"n":21}', ...more }]);
  return id;
}

interface Ended {
  status: string;
  output: unknown;
  inDoubt: boolean;
}

/** The run once it is over, or waits for a person because of a doubt. */
async function endOf(runId: string): Promise<Ended> {
  return eventually(
    async () => {
      const { rows } = await pool.query<{ status: string; output: unknown; in_doubt: boolean }>(
        `SELECT r.status, r.output, coalesce(c.in_doubt AND c.owner IS NULL, false) AS in_doubt
         FROM workflow_runs r LEFT JOIN claims c ON c.run_id = r.id WHERE r.id = $1`,
        [runId],
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      const isOver = row.status === 'completed' || row.status === 'failed';
      return isOver || row.in_doubt ? { status: row.status, output: row.output, inDoubt: row.in_doubt } : undefined;
    },
    { timeoutMs: 60_000 },
  );
}

/** What must be true of a run that was interrupted, whatever the point. */
async function check(effect: EffectClass, runId: string, path: string, ended: Ended): Promise<string> {
  const keys = receiver.effects.get(path) ?? [];
  const children = await pool.query<{ status: string }>(
    `SELECT status FROM workflow_runs WHERE trigger->>'run_id' = $1`,
    [runId],
  );
  if (effect === 'unsafe') {
    expect(keys.length).toBeLessThanOrEqual(1);
    if (ended.inDoubt) return `in doubt, ${keys.length} effect`;
    expect({ ...ended, effects: keys.length }).toMatchObject({ status: 'completed', effects: 1 });
    return 'completed, 1 effect';
  }
  expect(ended).toMatchObject({ status: 'completed', inDoubt: false });
  switch (effect) {
    case 'pure':
      expect(ended.output).toBe(42);
      return 'completed';
    case 'transactional':
      expect(ended.output).toBe(42);
      expect(children.rows).toEqual([{ status: 'completed' }]);
      return 'completed, 1 run started';
    case 'keyed':
      expect(keys.length).toBeGreaterThanOrEqual(1);
      expect(new Set(keys)).toEqual(new Set([`${runId}/x`]));
      return `completed, ${keys.length} calls with one key`;
    case 'verifiable':
      expect(keys).toHaveLength(1);
      return 'completed, 1 effect';
  }
}

describe.each(crashPoints)('kill -9 at %s', (point) => {
  const reached = (Object.keys(classes) as EffectClass[]).filter((effect) => !unreachable[effect].includes(point));
  it.each(reached)('%s: nothing is lost and nothing blindly repeated', async (effect) => {
    const path = `/${point}/${effect}`;
    const { port } = receiver.server.address() as AddressInfo;
    let crashes = 0;
    for (const pass of passesOf(point)) {
      const url = `http://127.0.0.1:${port}${path}/${pass}`;
      const workflow = await createWorkflow(classes[effect]({ workflow: child, url }));
      const runId = await accept(workflow);
      const armed = await spawnService('workflow', {
        env: { ...env, CRASH_AT: `${point}#${pass}` },
        waitUntilReady: false,
      });
      const first = await Promise.race([armed.exited, endOf(runId).then(() => 'ended' as const)]);
      // A run may be over a moment before its process ends: only one that was not killed ends in order.
      const isCrashed = (first === 'ended' ? await armed.stop() : first) === 'SIGKILL';
      if (isCrashed) crashes += 1;
      const successor = await spawnService('workflow', { env });
      try {
        const outcome = await check(effect, runId, `${path}/${pass}`, await endOf(runId));
        table.push(`${point}#${pass}, ${effect}: ${isCrashed ? '' : 'not reached, '}${outcome}`);
      } finally {
        await successor.kill();
      }
      // The process does not come to the point that often: later passes would show nothing new.
      if (!isCrashed) break;
    }
    expect(crashes).toBeGreaterThan(0);
  });
});

it('leaves no claim and no waiting child behind, but those in doubt', async (context) => {
  const { rows } = await pool.query<{ claims: number; children: number }>(
    `SELECT (SELECT count(*)::int FROM claims WHERE NOT in_doubt) AS claims, (SELECT count(*)::int FROM child_runs) AS children`,
  );
  note(context, { points: crashPoints.length, classes: Object.keys(classes).length, crashes: table.length });
  expect(rows).toEqual([{ claims: 0, children: 0 }]);
});
