import { sized, temporaryFolder, testDatabase, testRedis, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { chance } from './support/chance.js';
import { DirectRuns } from './support/direct-runs.js';
import { configOf, effects, stepsOf, type Effect } from './support/effect-classes.js';
import { EffectReceiver } from './support/effect-receiver.js';
import { note } from './support/figures.js';
import { StoppableReplica } from './support/stoppable-replica.js';
import { stops, type Stop } from './support/stops.js';

/** Full size: each class at each place, so many times. CI size: one round at each place, of a class drawn by lot. */
const ROUNDS = sized({ ci: 0, full: 3 });
const draw = chance('stop points');

let database: TestDatabase;
let pool: Pool;
let runs: DirectRuns;
const receiver = new EffectReceiver();
const folder = temporaryFolder('stops');
const workflows = new Map<Effect, string>();
/** Two processes of the workflow service. One is stopped at a place, the other one, which rests until then, goes on. */
let replicas: [StoppableReplica, StoppableReplica];
/** Runs of earlier rounds, as they stood when they were over. */
const over = new Map<string, unknown>();
/** What became of the runs, and in how many rounds. */
const outcomes = new Map<string, number>();

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 6 });
  runs = new DirectRuns(pool);
  await runs.createOwner();
  await receiver.start();
  const url = `${receiver.url}/{{ run.id }}`;
  const workflow = await runs.createWorkflow([
    { id: 'call', type: 'http.request', config: { method: 'PUT', url } },
    { id: 'y', type: 'transform', config: { expression: 'input.n * 2' } },
  ]);
  for (const effect of effects)
    workflows.set(effect, await runs.createWorkflow(stepsOf[effect]({ workflow, url }), configOf(effect)));
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: (await testRedis()).url,
    EGRESS_ALLOW: '127.0.0.1/32',
    ENGINE_POLL_MS: '50',
    ENGINE_HEARTBEAT_MS: '100',
    ENGINE_ABORT_AFTER_MS: '400',
    ENGINE_LEASE_MS: '600',
  };
  const start = (name: string): Promise<StoppableReplica> => StoppableReplica.start(name, folder.path, pool, env);
  replicas = await Promise.all([start('one'), start('other')]);
});

afterEach(({ task }) => {
  if (task.result?.state === 'fail') process.stdout.write(replicas.map((replica) => replica.logs()).join('\n---\n'));
});

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  receiver.stop();
  await pool.end();
  await database.drop();
  folder.remove();
});

/** A run and those it started, with their journals: everything that a late write could have changed. */
async function factsOf(runId: string): Promise<Facts[]> {
  const { rows } = await pool.query<Facts>(
    `SELECT r.id, r.status, r.updated_at::text, r.completed_at::text,
            (SELECT json_agg(json_build_object('seq', seq, 'epoch', epoch, 'entries', entries) ORDER BY seq)
             FROM run_journal j WHERE j.run_id = r.id) AS journal
     FROM workflow_runs r WHERE r.id = $1 OR r.trigger->>'run_id' = $1::text ORDER BY r.id`,
    [runId],
  );
  return rows;
}

interface Facts {
  id: string;
  status: string;
  updated_at: string;
  completed_at: string;
  journal: { seq: number; epoch: number; entries: { type: string; by?: string }[] }[];
}

/** One commit after the other, without a gap, and none of an owner after the next one had begun. */
function expectOneHistory(facts: readonly Facts[]): void {
  for (const { journal } of facts) {
    expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, index) => index + 1));
    const epochs = journal.map(({ epoch }) => epoch);
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
  }
}

function expectEffects(effect: Effect, runId: string, facts: readonly Facts[]): void {
  const keys = receiver.keysOf(`/${runId}`);
  switch (effect) {
    case 'pure':
      expect(keys).toHaveLength(0);
      return;
    case 'transactional': {
      const children = facts.filter(({ id }) => id !== runId);
      expect(children).toMatchObject([{ status: 'completed' }]);
      expect(new Set(receiver.keysOf(`/${children[0]?.id}`))).toEqual(new Set([`${children[0]?.id}/call`]));
      return;
    }
    case 'keyed':
    case 'limited':
      expect(new Set(keys)).toEqual(new Set([`${runId}/x`]));
      return;
    case 'verifiable':
    case 'unsafe':
      expect(keys).toHaveLength(1);
  }
}

async function isTold(runId: string): Promise<boolean> {
  return (await pool.query('SELECT FROM effect_ledger WHERE run_id = $1', [runId])).rowCount !== 0;
}

/** One process is stopped past its lease, the other one finishes its run, the first one goes on. */
async function round(stop: Stop, effect: Effect): Promise<void> {
  const [stale, other] = replicas;
  const staleId = await stale.id();
  other.freeze();
  let runId = '';
  const accept = async (): Promise<string> => (runId = await runs.accept(workflows.get(effect)!));
  const pass = draw(1, stop.passes(effect));
  const later = await stop.bring({ effect, pass, stale, staleId, accept, receiver, pool });

  other.thaw();
  await later?.();
  await stale.declaredDead(staleId);
  const before = await runs.endOf(runId);
  const known = await factsOf(runId);

  stale.thaw();
  // The process notices: it takes no more from its old lease, and goes on under a new id.
  await stale.id(staleId);
  // Whatever is in doubt is settled by what the process saw of its own call; nobody is asked.
  expect(await runs.overOf(runId)).toMatchObject({ status: 'completed', inDoubt: false });
  const facts = await factsOf(runId);
  expectOneHistory(facts);
  expectEffects(effect, runId, facts);
  if (before.inDoubt) {
    expect(effect).toBe('unsafe');
    expect(facts.flatMap(({ journal }) => journal.flatMap(({ entries }) => entries))).toContainEqual(
      expect.objectContaining({ type: 'step.resolved', by: 'observation' }),
    );
  } else expect(facts).toEqual(known);
  over.set(runId, facts);
  replicas = [other, stale];

  const settled = before.inDoubt ? 'in doubt until it told what it had seen' : 'finished without it';
  const told = (await isTold(runId)) && !before.inDoubt ? ', what it saw was kept' : '';
  const calls = receiver.keysOf(`/${runId}`).length;
  const outcome = `${stop.name}, ${effect}: ${settled}${told}, ${calls} ${calls === 1 ? 'call' : 'calls'}`;
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

it.each(stops.map((stop) => [stop.name, stop] as const))(
  'a replica stopped past its lease has nothing stale accepted, and settles what it left in doubt: %s',
  async (_name, stop) => {
    const one = stop.reachedBy[draw(0, stop.reachedBy.length - 1)]!;
    const drawn = ROUNDS === 0 ? [one] : Array.from({ length: ROUNDS }, () => stop.reachedBy).flat();
    for (const effect of drawn) {
      await round(stop, effect).finally(() => {
        for (const replica of replicas) replica.thaw();
      });
    }
  },
);

it('no run of any round has changed since it was over, when both processes have ended in order', async (context) => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  for (const [runId, facts] of over) expect(await factsOf(runId)).toEqual(facts);
  const { rows } = await pool.query<{ claims: number; children: number; ids: number }>(
    `SELECT (SELECT count(*)::int FROM claims) AS claims, (SELECT count(*)::int FROM child_runs) AS children,
            (SELECT count(*)::int FROM replicas) AS ids`,
  );
  note(context, { ...Object.fromEntries(outcomes), rounds: over.size, 'ids of the two processes': rows[0]!.ids });
  expect(rows).toMatchObject([{ claims: 0, children: 0 }]);
  expect(over.size).toBeGreaterThanOrEqual(sized({ ci: 10, full: 100 }));
});
