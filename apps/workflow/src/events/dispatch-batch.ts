import type { RunValues } from '@app/blobs';
import { newId, RunTriggerType } from '@app/contracts';
import { acceptRuns, type RunRequest } from '@app/database';
import type { EventTrigger } from '@app/definition';
import { callersTrace, continueTrace } from '@app/observability';
import type { PoolClient } from 'pg';
import { deliverToWaits } from './deliver-to-waits.js';
import type { EventFilters } from './event-filters.js';
import { promiseDeliveries } from './promise-deliveries.js';
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

/** A workflow that events may start, as the row has it. */
interface EventWorkflow {
  id: string;
  user_id: string;
  /** Null when the workflow says nothing about the events that start it. */
  trigger: EventTrigger | null;
}

/** Most runs of one statement. */
const RUNS_AT_ONCE = 500;

/**
 * Starts what events start, wakes what waits for them, promises them to those who subscribed, and takes them from the
 * hot table, within the caller's transaction: so a run is started once for each event and workflow, whoever dies when.
 * @param values where large events are kept as inputs of runs
 * @param ids events whose hot rows the transaction has locked
 */
export async function dispatchBatch(
  client: PoolClient,
  filters: EventFilters,
  values: Pick<RunValues, 'isLarge' | 'keep'>,
  ids: readonly string[],
  maxCauses: number,
): Promise<DispatchedBatch> {
  const sorted = [...ids].sort();
  const bounds = [sorted, sorted[0], sorted.at(-1)];
  const { rows } = await client.query<TakenEvent & { user_id: string; accepted_at: number }>({
    name: 'events',
    text: eventsSql,
    values: bounds,
  });
  const events = rows.map((row) => ({ ...row, userId: row.user_id, acceptedAt: row.accepted_at }));
  const loops = events.filter(({ depth }) => depth > maxCauses);
  if (loops.length > 0) await client.query(loopsSql, [loops.map(({ id }) => id), bounds[1], bounds[2]]);
  const live = events.filter(({ depth }) => depth <= maxCauses);
  const candidates = await workflowsOf(client, live);
  const { requests, filterErrors } = await runsFor(live, candidates, filters);
  for (const request of requests) if (isLarge(request, values)) await keepInput(request, values);
  let runs = 0;
  for (let first = 0; first < requests.length; first += RUNS_AT_ONCE) {
    runs += (await acceptRuns(client, requests.slice(first, first + RUNS_AT_ONCE))).size;
  }
  const delivered = await deliverToWaits(client, live, filters);
  const promised = await promiseDeliveries(client, events, filters);
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
  events: readonly TakenEvent[],
): Promise<ReadonlyMap<string, EventWorkflow[]>> {
  const owners = [...new Set(events.map(({ userId }) => userId))];
  const query = { name: 'event-workflows', text: eventWorkflowsSql, values: [owners] };
  const byOwner = new Map<string, EventWorkflow[]>();
  for (const workflow of (await client.query<EventWorkflow>(query)).rows) {
    byOwner.set(workflow.user_id, [...(byOwner.get(workflow.user_id) ?? []), workflow]);
  }
  return byOwner;
}

async function runsFor(
  events: readonly TakenEvent[],
  candidates: ReadonlyMap<string, EventWorkflow[]>,
  filters: EventFilters,
): Promise<{ requests: RunRequest[]; filterErrors: number }> {
  const requests: RunRequest[] = [];
  let filterErrors = 0;
  for (const taken of events) {
    for (const { id, trigger } of candidates.get(taken.userId) ?? []) {
      if (trigger === null) continue;
      const { type, source, filter } = trigger;
      const verdict = await filters.judge(taken, { id, types: [type], source, filter });
      if (verdict === 'match') requests.push(requestFor(taken, id));
      if (verdict === 'error') filterErrors += 1;
    }
  }
  return { requests, filterErrors };
}

function requestFor({ id, event, depth, userId }: TakenEvent, workflowId: string): RunRequest {
  const { type: event_type, source, traceparent } = event;
  return {
    id: newId(),
    workflowId,
    userId,
    trigger: {
      type: RunTriggerType.Event,
      event_id: event.id,
      source,
      event_type,
      accepted_as: id,
      ...(typeof traceparent === 'string' && callersTrace(continueTrace(traceparent))),
    },
    inputJson: JSON.stringify(event),
    correlationId: null,
    tags: [],
    needsActive: true,
    dedupeKey: null,
    depth,
  };
}

function isLarge({ inputJson }: RunRequest, values: Pick<RunValues, 'isLarge'>): boolean {
  return inputJson !== null && values.isLarge(inputJson);
}

/** The sender was told that the event is taken over: what it starts is started, whatever the account keeps already. */
async function keepInput(request: RunRequest, values: Pick<RunValues, 'keep'>): Promise<void> {
  const { id: runId, userId, inputJson } = request;
  const inputBlob = await values.keep({ runId, userId }, inputJson ?? 'null', 'keep');
  if (inputBlob !== undefined) Object.assign(request, { inputJson: null, inputBlob });
}
