import { sized, spawnService, testDatabase, testRedis, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashPoints, type CrashPoint } from '../../apps/workflow/src/crash-points/crash-points.service.js';
import { DirectRuns, type Ended } from './support/direct-runs.js';
import { effects, reaches, stepsOf, type Effect } from './support/effect-classes.js';
import { EffectReceiver } from './support/effect-receiver.js';
import { note } from './support/figures.js';

/** At which of its passes of a point the process ends: the second commit of a run is another one than the first. */
const passesOf = (point: CrashPoint): readonly number[] =>
  sized({ ci: point.startsWith('commit') ? [1, 2] : [1], full: [1, 2, 3, 4, 5] });

let database: TestDatabase;
let pool: Pool;
let env: Record<string, string>;
let child: string;
let runs: DirectRuns;
const receiver = new EffectReceiver();
const table: string[] = [];

beforeAll(async () => {
  const redis = await testRedis();
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
  runs = new DirectRuns(pool);
  await runs.createOwner();
  await receiver.start();
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    EGRESS_ALLOW: '127.0.0.1/32',
    ENGINE_POLL_MS: '50',
    ENGINE_HEARTBEAT_MS: '100',
    ENGINE_ABORT_AFTER_MS: '400',
    ENGINE_LEASE_MS: '600',
  };
  child = await runs.createWorkflow([{ id: 'y', type: 'transform', config: { expression: 'input.n * 2' } }]);
});
afterAll(async () => {
  process.stdout.write(`${['point#pass, class: outcome', ...table].join('\n  ')}\n`);
  receiver.stop();
  await pool.end();
  await database.drop();
});

/** What must be true of a run that was interrupted, whatever the point. */
async function check(effect: Effect, runId: string, path: string, ended: Ended): Promise<string> {
  const keys = receiver.keysOf(path);
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
  const reached = effects.filter((effect) => reaches(effect, point));
  it.each(reached)('%s: nothing is lost and nothing blindly repeated', async (effect) => {
    const path = `/${point}/${effect}`;
    let crashes = 0;
    for (const pass of passesOf(point)) {
      const url = `${receiver.url}${path}/${pass}`;
      const workflow = await runs.createWorkflow(stepsOf[effect]({ workflow: child, url }));
      const runId = await runs.accept(workflow);
      const armed = await spawnService('workflow', {
        env: { ...env, CRASH_AT: `${point}#${pass}` },
        waitUntilReady: false,
      });
      const first = await Promise.race([armed.exited, runs.endOf(runId).then(() => 'ended' as const)]);
      // A run may be over a moment before its process ends: only one that was not killed ends in order.
      const isCrashed = (first === 'ended' ? await armed.stop() : first) === 'SIGKILL';
      if (isCrashed) crashes += 1;
      const successor = await spawnService('workflow', { env });
      try {
        const outcome = await check(effect, runId, `${path}/${pass}`, await runs.endOf(runId));
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
  note(context, { points: crashPoints.length, classes: effects.length, crashes: table.length });
  expect(rows).toEqual([{ claims: 0, children: 0 }]);
});
