import { newId } from '@app/contracts';
import { eventually, sized, temporaryFolder, testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashPoints, type CrashPoint } from '../../apps/workflow/src/crash-points/crash-points.service.js';
import { DirectRuns, type Ended } from './support/direct-runs.js';
import { configOf, effects, passesOf, reaches, stepsOf, type Effect } from './support/effect-classes.js';
import { EffectReceiver } from './support/effect-receiver.js';
import { bundleEngine } from './support/engine-alone/bundle-engine.js';
import { EngineRelay } from './support/engine-alone/engine-relay.js';
import { note } from './support/figures.js';

/** Points that a process comes to again and again, whatever there is to do. */
const POLLED: readonly CrashPoint[] = ['claim.before', 'deliver.before'];

/** At which of its passes of a point the process ends: the second commit of a run, or of the recovery, is another one. */
function passesAt(point: CrashPoint, certain: number): readonly number[] {
  const most = POLLED.includes(point)
    ? sized({ ci: 1, full: 5 })
    : sized({ ci: /^(commit|recover)/.test(point) ? Math.min(certain, 2) : 1, full: certain });
  return Array.from({ length: most }, (_, index) => index + 1);
}

/** However busy the machine is, no call takes that long. Nobody waits for it: `EngineRelay` lets it pass. */
const CALL_MS = 30_000;

const folder = temporaryFolder('engine');
let database: TestDatabase;
let pool: Pool;
let engines: EngineRelay;
let child: string;
let runs: DirectRuns;
const receiver = new EffectReceiver();
const table: string[] = [];
const shown = new Set<CrashPoint>();
let startedAt = 0;

beforeAll(async () => {
  const [engine, made] = await Promise.all([bundleEngine(folder.path), testDatabase()]);
  database = made;
  pool = new Pool({ connectionString: database.url, max: 4 });
  engines = new EngineRelay(pool, engine, {
    ENVIRONMENT: 'test',
    BIOMETRICS_DATA_DIR: folder.path,
    // Without it the library of Unicode looks through the zones of the machine for its own.
    TZ: 'UTC',
    HEALTH_PORT: '0',
    METRICS_PORT: '0',
    DATABASE_URL: database.url,
    EGRESS_ALLOW: '127.0.0.1/32',
    ENGINE_POLL_MS: '20',
  });
  runs = new DirectRuns(pool);
  await runs.createOwner();
  await receiver.start();
  child = await runs.createWorkflow([{ id: 'y', type: 'transform', config: { expression: 'input.n * 2' } }]);
  await engines.start(async () => {
    const url = `${receiver.url}/first`;
    const workflow = await runs.createWorkflow(stepsOf.keyed({ workflow: child, url }));
    await runs.endOf(await runs.accept(workflow));
  });
  startedAt = performance.now();
});
afterAll(async () => {
  process.stdout.write(`${['point#pass, class: outcome', ...table].join('\n  ')}\n`);
  await engines.close();
  receiver.stop();
  await pool.end();
  await database.drop();
  folder.remove();
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
    case 'limited':
      expect(keys.length).toBeGreaterThanOrEqual(1);
      expect(new Set(keys)).toEqual(new Set([`${runId}/x`]));
      return `completed, ${keys.length} calls with one key`;
    case 'verifiable':
      expect(keys).toHaveLength(1);
      return 'completed, 1 effect';
  }
}

/**
 * Has a process end at a pass of a point, and another one go on. What is recovered is a run that the process before it left: with
 * a claim, and where there is something to announce, with a call, a child or a slot.
 */
async function interrupted(at: At, workflow: string, about: string, verify: Verification): Promise<void> {
  const place = `${at.point}#${at.pass}`;
  const left = about === 'pure' ? 'claim.after#1' : 'commit.after#1';
  const places = at.point.startsWith('recover') ? [left, place] : [place];
  const runId = await engines.interrupt(places, () => runs.accept(workflow));
  table.push(`${place}, ${about}: ${await verify(runId, await runs.endOf(runId))}`);
  shown.add(at.point);
}
interface At {
  point: CrashPoint;
  pass: number;
}
type Verification = (runId: string, ended: Ended) => Promise<string>;

const reachedBy = (point: CrashPoint): Effect[] => effects.filter((effect) => reaches(effect, point));

describe.each(crashPoints.filter((point) => reachedBy(point).length > 0))('kill -9 at %s', (point) => {
  it.each(reachedBy(point))('%s: nothing is lost and nothing blindly repeated', async (effect) => {
    const path = `/${point}/${effect}`;
    for (const pass of passesAt(point, passesOf(point, effect))) {
      const url = `${receiver.url}${path}/${pass}`;
      const steps = stepsOf[effect]({ workflow: child, url, callMs: CALL_MS });
      const workflow = await runs.createWorkflow(steps, configOf(effect));
      await interrupted({ point, pass }, workflow, effect, (id, ended) => check(effect, id, `${path}/${pass}`, ended));
    }
  });
});

const pureSteps = [{ id: 'y', type: 'transform', config: { expression: 'input' } }];

/** What a run wants to exist exactly when its journal says so, besides the runs that it waits for. */
const wishes = {
  'event.emit': {
    workflow: async () => {
      const type = `org.example.${newId()}`;
      const listener = await runs.createWorkflow(pureSteps, { trigger: { type } });
      const steps = [{ id: 'x', type: 'event.emit', config: { type, data: { n: '{{ input.n }}' } } }];
      return { id: await runs.createWorkflow(steps), follower: listener };
    },
    status: 'completed',
    made: `SELECT count(*)::int AS n FROM events WHERE event->>'id' = $1 || '/x'`,
    followers: `SELECT status FROM workflow_runs WHERE workflow_id = $2 AND input->>'id' = $1 || '/x'`,
  },
  on_failure: {
    workflow: async () => {
      const follower = await runs.createWorkflow(pureSteps);
      const steps = [{ id: 'x', type: 'fail', config: { message: 'no' } }];
      return { id: await runs.createWorkflow(steps, { on_failure: { workflow_id: follower, mail: true } }), follower };
    },
    status: 'failed',
    made: `SELECT count(*)::int AS n FROM jobs WHERE type = 'email.failure' AND payload->>'run_id' = $1`,
    followers: `SELECT status FROM workflow_runs WHERE workflow_id = $2 AND trigger->>'run_id' = $1`,
  },
} as const;

const pointsOfWishes = ['claim.after', 'commit.before', 'commit.after', 'dispatch.before', 'dispatch.after'] as const;

describe.each(pointsOfWishes)('kill -9 at %s', (point) => {
  const ofEvents = point.startsWith('dispatch');
  it.each(Object.entries(wishes).filter(([name]) => !ofEvents || name === 'event.emit'))(
    '%s: what follows from the run is there exactly once',
    async (name, wish) => {
      const { id, follower } = await wish.workflow();
      // Both runs, in this order: what follows from the first one is a run, too.
      for (const pass of passesAt(point, ofEvents ? 1 : 2)) {
        const verify: Verification = async (runId, { status }) => {
          expect(status).toBe(wish.status);
          const followers = await eventually(async () => {
            const { rows } = await pool.query<{ status: string }>(wish.followers, [runId, follower]);
            return rows.length > 0 && rows.every((row) => row.status === 'completed') && rows;
          });
          const made = await pool.query<{ n: number }>(wish.made, [runId]);
          expect({ followers: followers.length, made: made.rows[0]?.n }).toEqual({ followers: 1, made: 1 });
          return `${status}, 1 run and 1 ${name === 'on_failure' ? 'mail' : 'event'} follow`;
        };
        await interrupted({ point, pass }, id, name, verify);
      }
    },
  );
});

it('leaves no claim and no waiting child behind, but those in doubt', async (context) => {
  const { rows } = await pool.query<{ claims: number; children: number; slots: number }>(
    `SELECT (SELECT count(*)::int FROM claims WHERE NOT in_doubt) AS claims, (SELECT count(*)::int FROM child_runs) AS children,
            (SELECT count(*)::int FROM run_slots WHERE NOT freed) AS slots`,
  );
  note(context, {
    points: crashPoints.length,
    classes: effects.length,
    rounds: table.length,
    'processes killed': engines.kills,
    'a round, ms': Math.round((performance.now() - startedAt) / table.length),
    'a kill, ms': Math.round((performance.now() - startedAt) / engines.kills),
  });
  expect([...shown].toSorted()).toEqual([...crashPoints].toSorted());
  expect(rows).toEqual([{ claims: 0, children: 0, slots: 0 }]);
});
