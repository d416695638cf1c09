import { eventually } from '@app/testing';
import type { Pool } from 'pg';
import { crashPoints, type CrashPoint } from '../../../apps/workflow/src/crash-points/crash-points.service.js';
import { deliverChildrenSql } from '../../../apps/workflow/src/recovery/recovery.sql.js';
import { claimRunsSql } from '../../../apps/workflow/src/runs/claim/claim-runs.sql.js';
import { commitRunsStatement } from '../../../apps/workflow/src/runs/store/commit-runs.js';
import { commitsOf, effects, freeEffects, passesOf, reaches, type Effect } from './effect-classes.js';
import type { EffectReceiver } from './effect-receiver.js';
import { HeldStatement } from './held-statement.js';
import type { StoppableReplica } from './stoppable-replica.js';

const { text: commitRunsSql } = commitRunsStatement([]);

const PATIENCE = { timeoutMs: 30_000, everyMs: 5 };

/** One round, as a stop sees it. */
export interface Round {
  effect: Effect;
  /** At which of its passes of the place the process is stopped. */
  pass: number;
  /** The process that is stopped, and the id it works under. */
  stale: StoppableReplica;
  staleId: string;
  /** Accepts the run. */
  accept: () => Promise<string>;
  receiver: EffectReceiver;
  pool: Pool;
}

/** What is still to happen when another process is at work again. */
export type Later = (() => Promise<void>) | undefined;

/** A place at which a process is stopped past its lease. */
export interface Stop {
  name: string;
  reachedBy: readonly Effect[];
  /** How often a run of the class passes the place. */
  passes: (effect: Effect) => number;
  /** Brings a process there; resolves when it has stopped. */
  bring: (round: Round) => Promise<Later>;
}

async function stopAt({ stale, pass, accept }: Round, point: CrashPoint): Promise<void> {
  stale.stopAt(point, pass);
  await accept();
  await eventually(() => stale.hasStopped(), PATIENCE);
}

/** Stops the process when PostgreSQL has its statement and waits for a lock that the test holds. */
async function stopWithin(
  round: Round,
  lock: string,
  sql: string,
  begin: () => Promise<void>,
): Promise<{ held: HeldStatement; backend: number }> {
  const held = await HeldStatement.prepare(round.pool, lock, sql);
  await begin();
  const backend = await held.blocked();
  round.stale.freeze();
  return { held, backend };
}

const atPoint = (point: CrashPoint): Stop => ({
  name: `at ${point}`,
  reachedBy: effects.filter((effect) => reaches(effect, point)),
  passes: (effect) => passesOf(point, effect),
  bring: async (round) => {
    await stopAt(round, point);
    return undefined;
  },
});

/** The statement is done while its sender does not know: it is the sender's, under a lease that is still good. */
const withinAcceptedWrite = (point: CrashPoint, lock: string, sql: string): Stop => ({
  name: `within the write after ${point}, which is accepted`,
  reachedBy: freeEffects,
  passes: (effect) => passesOf(point, effect),
  bring: async (round) => {
    await stopAt(round, point);
    const { held, backend } = await stopWithin(round, lock, sql, async () => round.stale.thaw());
    await held.finish(backend);
    return undefined;
  },
});

/** PostgreSQL comes to the statement when the lease is over and another process has claimed the run. */
const withinRefusedWrite: Stop = {
  name: 'within a commit that comes after another process has the run',
  reachedBy: freeEffects,
  passes: (effect) => commitsOf[effect],
  bring: async (round) => {
    const { pool, staleId } = round;
    await stopAt(round, 'commit.before');
    const lock = 'LOCK TABLE run_journal IN SHARE MODE';
    const { held, backend } = await stopWithin(round, lock, commitRunsSql, async () => round.stale.thaw());
    const { rows: owned } = await pool.query<{ run_id: string; epoch: number }>(
      'SELECT run_id, epoch FROM claims WHERE owner = $1',
      [staleId],
    );
    return async () => {
      for (const { run_id, epoch } of owned) {
        await eventually(async () => {
          const { rows } = await pool.query(
            'SELECT FROM claims WHERE run_id = $1 AND owner IS NOT NULL AND epoch > $2',
            [run_id, epoch],
          );
          return rows.length === 1;
        }, PATIENCE);
      }
      const written = (): Promise<number[]> => Promise.all(owned.map((run) => entriesUnder(pool, run)));
      const before = await written();
      await held.finish(backend);
      if (String(await written()) !== String(before)) throw new Error('a stale commit was accepted');
    };
  },
};

async function entriesUnder(pool: Pool, { run_id, epoch }: { run_id: string; epoch: number }): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM run_journal WHERE run_id = $1 AND epoch <= $2',
    [run_id, epoch],
  );
  return rows[0]!.n;
}

/** The receiver has the request; it answers while the process is stopped, and the answer waits in its socket. */
const withinCall: Stop = {
  name: 'within a call',
  reachedBy: effects.filter((effect) => reaches(effect, 'call.after')),
  passes: () => 1,
  bring: async ({ stale, accept, receiver }) => {
    receiver.hold();
    const runId = await accept();
    await eventually(() => receiver.keysOf(`/${runId}`).length > 0, PATIENCE);
    stale.freeze();
    receiver.release();
    return undefined;
  },
};

/** The statement that tells a parent waits for the parent's claim. */
const withinDelivery: Stop = {
  name: 'within the delivery of an end',
  reachedBy: ['transactional'],
  passes: () => 1,
  bring: async (round) => {
    const { receiver, accept, pool } = round;
    receiver.hold();
    const runId = await accept();
    const child = await eventually(async () => {
      const { rows } = await pool.query<{ run_id: string }>('SELECT run_id FROM child_runs WHERE parent_id = $1', [
        runId,
      ]);
      return rows[0]?.run_id;
    }, PATIENCE);
    await eventually(() => receiver.keysOf(`/${child}`).length > 0, PATIENCE);
    const lock = `SELECT FROM claims WHERE run_id = '${runId}' FOR UPDATE`;
    const { held, backend } = await stopWithin(round, lock, deliverChildrenSql, async () => receiver.release());
    await held.finish(backend);
    return undefined;
  },
};

/** Before, inside and after each write, and around each call. */
export const stops: readonly Stop[] = [
  ...crashPoints.map(atPoint).filter(({ reachedBy }) => reachedBy.length > 0),
  withinAcceptedWrite('claim.before', 'LOCK TABLE claims IN SHARE MODE', claimRunsSql),
  withinAcceptedWrite('commit.before', 'SELECT FROM claims FOR UPDATE', commitRunsSql),
  withinRefusedWrite,
  withinCall,
  withinDelivery,
];
