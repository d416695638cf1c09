import { newId } from '@app/contracts';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashPoints } from '../../apps/workflow/src/crash-points/crash-points.service.js';
import { CrashProof } from './support/crash-points/crash-proof.js';
import { leftBehind, passesAt, roundsOf } from './support/crash-points/rounds.js';
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
  // In one case the call has not happened, in the other one it has.
  it.each(['commit.after#1', 'call.after#1'])('verifiable, left at %s: asked again, and done once', async (place) => {
    await proof.ofClasses([[{ place, classes: ['verifiable'] }], [{ place: `${point}#1`, classes: [] }]]);
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
    made: `SELECT count(*)::int AS n FROM events WHERE event->>'id' = $1 || '/x'`,
    followers: `SELECT status FROM workflow_runs WHERE workflow_id = $2 AND input->>'id' = $1 || '/x'`,
  },
  on_failure: {
    workflow: async () => {
      const follower = await proof.runs.createWorkflow(pureSteps);
      const steps = [{ id: 'x', type: 'fail', config: { message: 'no' } }];
      const config = { on_failure: { workflow_id: follower, mail: true } };
      return { id: await proof.runs.createWorkflow(steps, config), follower };
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
      for (let pass = 1; pass <= passesAt(point, ofEvents ? 1 : 2); pass += 1) {
        let runId = '';
        const given = async (): Promise<unknown> => (runId = await proof.runs.accept(id));
        await proof.round([[{ place: `${point}#${pass}`, given }]], async () => {
          const { status } = await proof.endOf(runId);
          expect(status).toBe(wish.status);
          const followers = await eventually(async () => {
            const { rows } = await proof.pool.query<{ status: string }>(wish.followers, [runId, follower]);
            return rows.length > 0 && rows.every((row) => row.status === 'completed') && rows;
          }, SOON);
          const made = await proof.pool.query<{ n: number }>(wish.made, [runId]);
          expect({ followers: followers.length, made: made.rows[0]?.n }).toEqual({ followers: 1, made: 1 });
          return [`${name}: ${status}, 1 run and 1 ${name === 'on_failure' ? 'mail' : 'event'} follow`];
        });
      }
    },
  );
});

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
    await proof.round([[{ place: `${point}#1`, given }]], async () => {
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
    const deaths = [[{ place: 'commit.after#1', given }], [{ place: `${point}#1` }]];
    await proof.round(deaths, async () => {
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
