import { newId } from '@app/contracts';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashPoints } from '../../apps/workflow/src/crash-points/crash-points.service.js';
import { CrashProof } from './support/crash-points/crash-proof.js';
import { leftBehind, passesAt, roundsOf, type Round } from './support/crash-points/rounds.js';
import { effects } from './support/effect-classes.js';
import { note } from './support/figures.js';

let proof: CrashProof;
beforeAll(async () => {
  proof = await CrashProof.start();
});
afterAll(() => proof.close());

describe.each(crashPoints.filter((point) => roundsOf(point).length > 0))('kill -9 at %s', (point) => {
  const rounds = roundsOf(point).map((round) => [`${round.place} ${round.classes.join(', ')}`, round] as const);
  it.each(rounds)('%s: nothing is lost and nothing blindly repeated', async (_name, round) => {
    const { place, classes } = round;
    // What is recovered is what other processes left.
    const isRecovery = point.startsWith('recover');
    await proof.ofClasses(isRecovery ? [leftBehind(classes), [{ place, classes: [] }]] : [[round]]);
  });
});

describe.each(['probe.before', 'probe.after'] as const)('kill -9 at %s', (point) => {
  it('verifiable, one whose call has not happened and one whose call has: asked again, and done once', async () => {
    const left: Round[] = ['commit.after#1', 'call.after#1'].map((place) => ({ place, classes: ['verifiable'] }));
    await proof.ofClasses([left, [{ place: `${point}#1`, classes: [], runs: left.length }]]);
  });
});

const pureSteps = [{ id: 'y', type: 'transform', config: { expression: 'input' } }];

/** What a run wants to exist exactly when its journal says so, besides the runs that it waits for. */
const wishes = {
  'event.emit': {
    workflow: async () => {
      const type = `org.example.${newId()}`;
      const listener = await proof.runs.createWorkflow(pureSteps, { trigger: { type } });
      const steps = [{ id: 'x', type: 'event.emit', config: { type, data: { n: '{{ input.n }}' } } }];
      return { id: await proof.runs.createWorkflow(steps), follower: listener };
    },
    status: 'completed',
    what: 'event',
    made: `SELECT count(*)::int AS n FROM events WHERE event->>'id' = $1 || '/x'`,
    followers: `SELECT status FROM workflow_runs WHERE workflow_id = $2 AND input->>'id' = $1 || '/x'`,
  },
  'content.update': {
    workflow: async () => {
      const contentId = await proof.runs.createContent();
      const trigger = { type: 'content.updated', filter: `event.data.id = '${contentId}'` };
      const listener = await proof.runs.createWorkflow(pureSteps, { trigger });
      const steps = [{ id: 'x', type: 'content.update', config: { content_id: contentId, title: '{{ run.id }}' } }];
      return { id: await proof.runs.createWorkflow(steps), follower: listener };
    },
    status: 'completed',
    what: 'version',
    made: 'SELECT count(*)::int AS n FROM content_revisions WHERE title = $1',
    followers: `SELECT status FROM workflow_runs WHERE workflow_id = $2 AND input->'data'->>'title' = $1`,
  },
  on_failure: {
    workflow: async () => {
      const follower = await proof.runs.createWorkflow(pureSteps);
      const steps = [{ id: 'x', type: 'fail', config: { message: 'no' } }];
      const config = { on_failure: { workflow_id: follower, mail: true } };
      return { id: await proof.runs.createWorkflow(steps, config), follower };
    },
    status: 'failed',
    what: 'mail',
    made: `SELECT count(*)::int AS n FROM jobs WHERE type = 'email.failure' AND payload->>'run_id' = $1`,
    followers: `SELECT status FROM workflow_runs WHERE workflow_id = $2 AND trigger->>'run_id' = $1`,
  },
} as const;

const pointsOfWishes = ['claim.after', 'commit.before', 'commit.after', 'dispatch.before', 'dispatch.after'] as const;

type Wish = keyof typeof wishes;

/** The first commit of each run is in one batch. What comes second is another one for each: the end of its run, or of the one that follows. */
function roundsOfWishes(point: (typeof pointsOfWishes)[number]): { place: string; names: readonly Wish[] }[] {
  const place = `${point}#1`;
  if (point.startsWith('dispatch')) return [{ place, names: ['event.emit', 'content.update'] }];
  const names = ['event.emit', 'content.update', 'on_failure'] as const;
  const second = names.map((name) => ({ place: `${point}#2`, names: [name] }));
  return [{ place, names }, ...(passesAt(point, 2) > 1 ? second : [])];
}

describe.each(pointsOfWishes)('kill -9 at %s', (point) => {
  const rounds = roundsOfWishes(point).map((round) => [`${round.place} ${round.names.join(', ')}`, round] as const);
  it.each(rounds)('%s: what follows from the run is there exactly once', async (_name, { place, names }) => {
    const wishing = await Promise.all(names.map(async (name) => ({ name, ...(await wishes[name].workflow()) })));
    let runIds: string[] = [];
    const given = async (): Promise<unknown> => (runIds = await proof.runs.acceptAll(wishing.map(({ id }) => id)));
    const left = (): Promise<void> =>
      proof.left(
        place,
        names.map((name, index) => [name, runIds[index]!]),
      );
    await proof.round(place, [[{ place, together: names.length, given, left }]], () =>
      Promise.all(wishing.map(({ name, follower }, index) => whatFollows(name, runIds[index]!, follower))),
    );
  });
});

async function whatFollows(name: Wish, runId: string, follower: string): Promise<string> {
  const wish = wishes[name];
  const { status } = await proof.endOf(runId);
  expect(status).toBe(wish.status);
  const followers = await eventually(async () => {
    const { rows } = await proof.pool.query<{ status: string }>(wish.followers, [runId, follower]);
    return rows.length > 0 && rows.every((row) => row.status === 'completed') && rows;
  }, SOON);
  const made = await proof.pool.query<{ n: number }>(wish.made, [runId]);
  expect({ followers: followers.length, made: made.rows[0]?.n }).toEqual({ followers: 1, made: 1 });
  return `${name}: ${status}, 1 run and 1 ${wish.what} follow`;
}

const SOON = { everyMs: 5 };

describe.each(['job.before', 'job.after'] as const)('kill -9 at %s', (point) => {
  it('a job: the run that waits for it goes on, and once', async () => {
    const steps = [{ id: 'x', type: 'external', config: { queue: 'q' } }];
    const runId = await proof.runs.accept(await proof.runs.createWorkflow(steps));
    await proof.runs.parked(runId);
    const given = (): Promise<unknown> =>
      proof.pool.query(`UPDATE jobs SET status = 'succeeded', result = $2 WHERE run_id = $1`, [
        runId,
        { success: true, data: 42 },
      ]);
    await proof.round(`${point}#1`, [[{ place: `${point}#1`, given }]], async () => {
      const ended = await proof.endOf(runId);
      expect(ended).toEqual({ status: 'completed', output: 42, inDoubt: false });
      const { rows } = await proof.pool.query('SELECT delivered_at IS NOT NULL AS told FROM jobs WHERE run_id = $1', [
        runId,
      ]);
      expect(rows).toEqual([{ told: true }]);
      return ['job: completed, with its 1 result'];
    });
  });
});

describe.each(['cancel.before', 'cancel.after'] as const)('kill -9 at %s', (point) => {
  it('a run whose parent was cancelled is cancelled as well', async () => {
    const child = await proof.runs.createWorkflow([{ id: 'y', type: 'wait.signal', config: { name: 's' } }]);
    const steps = [{ id: 'x', type: 'workflow.run', config: { workflow_id: child } }];
    const runId = await proof.runs.accept(await proof.runs.createWorkflow(steps));
    const childId = await proof.runs.childOf(runId);
    await proof.runs.parked(childId);
    await proof.runs.parked(runId);
    const given = (): Promise<unknown> => proof.runs.cancel(runId);
    const place = `${point}#1`;
    const left = async (): Promise<void> => {
      const { rows } = await proof.pool.query(
        `SELECT r.status, c.cancel_requested_at IS NOT NULL AS "isAsked"
         FROM workflow_runs r, claims c WHERE r.id = $1 AND c.run_id = $2`,
        [runId, childId],
      );
      expect(rows).toEqual([{ status: 'cancelled', isAsked: point === 'cancel.after' }]);
    };
    // One that starts looks once for runs that nobody waits for: there has to be one by then, or somebody it is told of.
    const deaths =
      point === 'cancel.after' ? [[{ place, given, left }]] : [[{ place: 'commit.after#1', given }], [{ place, left }]];
    await proof.round(place, deaths, async () => {
      const ends = [await proof.endOf(runId), await proof.endOf(childId)];
      expect(ends.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
      return ['cancelled: its run is cancelled, too'];
    });
  });
});

it('leaves no claim and no waiting child behind, but those in doubt', async (context) => {
  const { rows } = await proof.pool.query<{ claims: number; children: number; slots: number }>(
    `SELECT (SELECT count(*)::int FROM claims WHERE NOT in_doubt) AS claims, (SELECT count(*)::int FROM child_runs) AS children,
            (SELECT count(*)::int FROM run_slots WHERE NOT freed) AS slots`,
  );
  const { table, rounds, engines, laps } = proof;
  note(context, {
    points: crashPoints.length,
    classes: effects.length,
    'interrupted runs compared': table.length,
    rounds,
    'processes killed': engines.kills,
    'a run, ms': Math.round(laps.ms / table.length),
    'a round, ms': Math.round(laps.ms / rounds),
    'a kill, ms': Math.round(laps.ms / engines.kills),
    ...laps.figures(engines.kills),
  });
  expect([...proof.shown].toSorted()).toEqual([...crashPoints].toSorted());
  expect(rows).toEqual([{ claims: 0, children: 0, slots: 0 }]);
});
