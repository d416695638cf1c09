import { newId, RunTriggerType } from '@app/contracts';
import { acceptRuns, type RunRequest } from '@app/database';
import { CronLineError, CronSchedule, type CatchUp, type Overlap } from '@app/definition';
import { Logger } from '@nestjs/common';
import type { PoolClient } from 'pg';
import {
  MOST_QUEUED,
  planTurn,
  type FireDecision,
  type QueuedFire,
  type ScheduleState,
  type TurnPlan,
} from './plan-turn.js';
import {
  cancelScheduledRunsSql,
  moveSchedulesSql,
  openFiresSql,
  refuseFiresSql,
  takeDueSql,
  takeQueuedSql,
  writeFiresSql,
} from './schedules.sql.js';

const log = new Logger('Schedules');

export interface CancelledRun {
  run_id: string;
  is_held: boolean;
}

/** What a turn did. */
export interface TurnResult {
  /** Fires that were decided about, with how late those were that started a run, in ms. */
  decided: (FireDecision & { lagMs: number })[];
  started: number;
  cancelled: CancelledRun[];
  /** As many schedules were taken as one turn takes, or one of them has more to do. */
  hasMore: boolean;
}

interface TakenRow {
  workflow_id: string;
  user_id: string;
  cron: string;
  timezone: string;
  overlap: Overlap;
  catch_up: CatchUp;
  catch_up_window_s: number;
  next_at: Date | null;
  is_paused: boolean;
  may_fire: boolean;
  now: Date;
}

interface OpenRow {
  workflow_id: string;
  has_unfinished: boolean;
  queued: { at: string; kind: QueuedFire['kind']; overlap: Overlap }[];
}

/** A fire with its schedule, and the run that it is to start. */
interface WrittenFire {
  row: TakenRow;
  decision: FireDecision;
  runId: string | null;
}

/**
 * Deals with some of the schedules that have something to do: their fires, the runs that these start and their next
 * times are one transaction, so that a fire has its run or none of it happened.
 * @param client in a transaction
 * @param now instead of the database's clock
 */
export async function takeTurn(client: PoolClient, most: number, now: Date | null = null): Promise<TurnResult> {
  const values = [now, most];
  const { rows: due } = await client.query<TakenRow>({ name: 'take-due', text: takeDueSql, values });
  const { rows: waiting } = await client.query<TakenRow>({ name: 'take-queued', text: takeQueuedSql, values });
  const rows = [...new Map([...due, ...waiting].map((row) => [row.workflow_id, row])).values()];
  if (rows.length === 0) return { decided: [], started: 0, cancelled: [], hasMore: false };
  const plans = await planAll(client, rows);
  const fires = plans.flatMap(({ row, plan }) =>
    plan.decisions.map((decision) => ({ row, decision, runId: decision.status === 'started' ? newId() : null })),
  );
  const cancelled = await cancelUnfinished(client, plans);
  const started = await write(client, fires);
  const moved = plans.filter(({ row, plan }) => row.next_at?.getTime() !== plan.nextAt);
  await client.query(moveSchedulesSql, [
    moved.map(({ row }) => row.workflow_id),
    moved.map(({ plan }) => (plan.nextAt === null ? null : new Date(plan.nextAt))),
  ]);
  return {
    decided: fires.map(({ row, decision }) => ({ ...decision, lagMs: row.now.getTime() - decision.at })),
    started,
    cancelled,
    hasMore:
      due.length === most ||
      waiting.length === most ||
      plans.some(({ row, plan }) => (plan.nextAt ?? Infinity) <= +row.now),
  };
}

interface PlannedSchedule {
  row: TakenRow;
  plan: TurnPlan;
}

async function planAll(client: PoolClient, rows: readonly TakenRow[]): Promise<PlannedSchedule[]> {
  const ids = rows.map(({ workflow_id }) => workflow_id);
  const { rows: open } = await client.query<OpenRow>(openFiresSql, [ids, MOST_QUEUED]);
  const openOf = new Map(open.map((one) => [one.workflow_id, one]));
  return rows.map((row) => ({ row, plan: planOne(row, openOf.get(row.workflow_id)) }));
}

/** A line or zone that this release cannot read stops its own schedule, not the others'. */
function planOne(row: TakenRow, open: OpenRow | undefined): TurnPlan {
  try {
    return planTurn(stateOf(row, open), row.now.getTime());
  } catch (error) {
    if (!(error instanceof CronLineError || error instanceof RangeError)) throw error;
    log.error(`The schedule of workflow ${row.workflow_id} stands still: ${error.message}`);
    const decisions = queuedOf(open).map((fire) => ({
      ...fire,
      status: 'skipped' as const,
      reason: 'stopped' as const,
    }));
    return { decisions, cancelsUnfinished: false, nextAt: null };
  }
}

function stateOf(row: TakenRow, open: OpenRow | undefined): ScheduleState {
  return {
    schedule: CronSchedule.of(row),
    overlap: row.overlap,
    catchUp: row.catch_up,
    windowMs: row.catch_up_window_s * 1_000,
    nextAt: row.next_at?.getTime() ?? null,
    isPaused: row.is_paused,
    mayFire: row.may_fire,
    queued: queuedOf(open),
    hasUnfinished: open?.has_unfinished ?? false,
  };
}

/** The earliest first. */
function queuedOf(open: OpenRow | undefined): QueuedFire[] {
  const queued = (open?.queued ?? []).map((fire) => ({ ...fire, at: Date.parse(fire.at) }));
  return queued.sort((a, b) => a.at - b.at);
}

async function cancelUnfinished(client: PoolClient, plans: readonly PlannedSchedule[]): Promise<CancelledRun[]> {
  const ids = plans.filter(({ plan }) => plan.cancelsUnfinished).map(({ row }) => row.workflow_id);
  if (ids.length === 0) return [];
  return (await client.query<CancelledRun>(cancelScheduledRunsSql, [ids])).rows;
}

/** @returns how many runs were started */
async function write(client: PoolClient, fires: readonly WrittenFire[]): Promise<number> {
  if (fires.length === 0) return 0;
  const { rows } = await client.query<{ run_id: string | null }>(writeFiresSql, [
    fires.map(({ row }) => row.workflow_id),
    fires.map(({ decision }) => new Date(decision.at)),
    fires.map(({ decision }) => decision.kind),
    fires.map(({ decision }) => decision.status),
    fires.map(({ decision }) => decision.overlap),
    fires.map(({ runId }) => runId),
    fires.map(({ decision }) => decision.reason ?? null),
  ]);
  const written = new Set(rows.map(({ run_id }) => run_id));
  const requests = fires.flatMap((fire) =>
    fire.runId !== null && written.has(fire.runId) ? [runRequest(fire, fire.runId)] : [],
  );
  if (requests.length === 0) return 0;
  const accepted = await acceptRuns(client, requests);
  const refused = requests.filter(({ id }) => !accepted.has(id)).map(({ id }) => id);
  if (refused.length > 0) await client.query(refuseFiresSql, [refused]);
  return accepted.size;
}

function runRequest({ row, decision }: WrittenFire, id: string): RunRequest {
  const scheduled_for = new Date(decision.at).toISOString();
  return {
    id,
    workflowId: row.workflow_id,
    userId: row.user_id,
    trigger: { type: RunTriggerType.Cron, scheduled_for, ...(decision.kind === 'backfill' && { backfill: true }) },
    inputJson: null,
    correlationId: null,
    tags: [],
    needsActive: true,
    dedupeKey: null,
  };
}
