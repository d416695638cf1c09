import { idTime, MOST_CAUSES, newId, RunTriggerType } from '@app/contracts';
import { acceptRuns, type RunRequest } from '@app/database';
import type { PoolClient } from 'pg';
import { deliverToWaits } from './deliver-to-waits.js';
import { isTrue } from '../steps/steps.service.js';
import type { EventSubscribers } from './event-subscribers.js';
import { isOfKind, type EventWorkflow, type EventWorkflowRow, type EventWorkflows } from './event-workflow.js';
import type { TakenEvent } from './taken-event.js';
import { dispatchedSql, eventsSql, eventWorkflowsSql, loopsSql } from './pending-events.sql.js';

/** What one transaction did. */
export interface DispatchedBatch {
  events: number;
  runs: number;
  /** Runs that waited for one of the events. */
  woken: number;
  filterErrors: number;
  loops: number;
  deliveries: number;
}

/** Most runs of one statement. */
const RUNS_AT_ONCE = 500;

/**
 * Starts what events start, wakes what waits for them, promises them to those who subscribed, and takes them from the
 * hot table, within the caller's transaction: so a run is started once for each event and workflow, whoever dies when.
 * @param ids events whose hot rows the transaction has locked
 */
export async function dispatchBatch(
  client: PoolClient,
  workflows: EventWorkflows,
  subscribers: EventSubscribers,
  ids: readonly string[],
): Promise<DispatchedBatch> {
  const sorted = [...ids].sort();
  const bounds = [sorted, sorted[0], sorted.at(-1)];
  const { rows } = await client.query<TakenEvent & { user_id: string; accepted_at: number }>({
    name: 'events',
    text: eventsSql,
    values: bounds,
  });
  const events = rows.map((row) => ({ ...row, userId: row.user_id, acceptedAt: row.accepted_at }));
  const loops = events.filter(({ depth }) => depth > MOST_CAUSES);
  if (loops.length > 0) await client.query(loopsSql, [loops.map(({ id }) => id), bounds[1], bounds[2]]);
  const live = events.filter(({ depth }) => depth <= MOST_CAUSES);
  const candidates = await workflowsOf(client, workflows, live);
  const { requests, filterErrors } = await runsFor(live, candidates);
  let runs = 0;
  for (let first = 0; first < requests.length; first += RUNS_AT_ONCE) {
    runs += (await acceptRuns(client, requests.slice(first, first + RUNS_AT_ONCE))).size;
  }
  const delivered = await deliverToWaits(client, live);
  const promised = await subscribers.promise(client, events);
  await client.query({ name: 'dispatched', text: dispatchedSql, values: [sorted] });
  return {
    events: ids.length,
    runs,
    woken: delivered.woken,
    filterErrors: filterErrors + delivered.filterErrors + promised.filterErrors,
    loops: loops.length,
    deliveries: promised.deliveries,
  };
}

async function workflowsOf(
  client: PoolClient,
  workflows: EventWorkflows,
  events: readonly TakenEvent[],
): Promise<Map<string, EventWorkflow[]>> {
  const owners = [...new Set(events.map(({ userId }) => userId))];
  const { rows } = await client.query<EventWorkflowRow>({
    name: 'event-workflows',
    text: eventWorkflowsSql,
    values: [owners],
  });
  const found = rows.flatMap((row) => workflows.of(row) ?? []);
  const byOwner = new Map<string, EventWorkflow[]>();
  for (const workflow of found) byOwner.set(workflow.userId, [...(byOwner.get(workflow.userId) ?? []), workflow]);
  return byOwner;
}

async function runsFor(
  events: readonly TakenEvent[],
  candidates: ReadonlyMap<string, EventWorkflow[]>,
): Promise<{ requests: RunRequest[]; filterErrors: number }> {
  const requests: RunRequest[] = [];
  let filterErrors = 0;
  for (const taken of events) {
    for (const workflow of candidates.get(taken.userId) ?? []) {
      const verdict = await judge(taken, workflow);
      if (verdict === 'match') requests.push(requestFor(taken, workflow));
      if (verdict === 'error') filterErrors += 1;
    }
  }
  return { requests, filterErrors };
}

/** A filter that cannot be evaluated is one that is not true: nothing can be started with a doubt. */
async function judge({ id, event }: TakenEvent, workflow: EventWorkflow): Promise<'match' | 'other' | 'error'> {
  if (!isOfKind(workflow.trigger, event)) return 'other';
  if (workflow.filter === undefined) return 'match';
  try {
    const context = { nowMs: idTime(id), seed: `${id}/${workflow.id}` };
    return isTrue(await workflow.filter.evaluate({ event }, context)) ? 'match' : 'other';
  } catch {
    return 'error';
  }
}

function requestFor({ id, event, depth, userId }: TakenEvent, workflow: EventWorkflow): RunRequest {
  const { type: event_type, source } = event;
  return {
    id: newId(),
    workflowId: workflow.id,
    userId,
    trigger: { type: RunTriggerType.Event, event_id: event.id, source, event_type, accepted_as: id },
    inputJson: JSON.stringify(event),
    correlationId: null,
    tags: [],
    needsActive: true,
    dedupeKey: null,
    depth,
  };
}
