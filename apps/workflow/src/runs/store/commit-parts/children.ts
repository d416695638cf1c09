import { RunTriggerType, type RunTrigger } from '@app/contracts';
import { dueSince } from '@app/database';
import type { ChildRequest } from '../../../steps/steps.service.js';
import type { RunCommit } from '../run-commit.js';
import type { CommitPart } from './commit-part.js';

/** What the rows of started runs say besides: columns, and their values of a `known_run`. */
interface MoreColumns {
  columns: string;
  values: string;
}

/**
 * Runs that steps start, and what becomes of those who wait for another. A run whose workflow does not exist is not
 * started, and whoever waits for it is told so. It locks no claim: waking a parent and cancelling a child are left to the
 * delivery.
 *
 * Nine parameters of a run to start each; runs that are no longer wanted; runs of the batch that another run waits for;
 * those that have started runs.
 */
export function childrenWith({ columns, values: more }: MoreColumns): CommitPart {
  return {
    name: 'children',
    concerns: ({ children, unwanted, isJoined, hasChildren, next }) =>
      children.length > 0 || unwanted.children.length > 0 || ((isJoined || hasChildren) && next.kind === 'finish'),
    sql: (first) => {
      const parameter = (place: number): string => `$${first + place}`;
      const unwanted = `${parameter(9)}::uuid[]`;
      return `,
wanted_run AS MATERIALIZED (
  SELECT n.* FROM unnest(
    ${parameter(0)}::uuid[], ${parameter(1)}::uuid[], ${parameter(2)}::uuid[], ${parameter(3)}::uuid[], ${parameter(4)}::jsonb[],
    ${parameter(5)}::jsonb[], ${parameter(6)}::text[], ${parameter(7)}::jsonb[], ${parameter(8)}::smallint[]
  ) AS n (id, parent_id, workflow_id, user_id, trigger, input, correlation_id, tags, depth)
  JOIN written w ON w.run_id = n.parent_id
),
known_run AS MATERIALIZED (
  SELECT n.*, w.version, w.retention, ${dueSince('w')} AS run_at FROM wanted_run n
  JOIN workflows w ON w.id = n.workflow_id AND w.user_id = n.user_id AND w.deleted_at IS NULL
),
started AS (
  INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger, input, correlation_id, tags, depth${columns})
  SELECT id, retention, workflow_id, version, user_id, trigger, input, correlation_id,
         ARRAY(SELECT jsonb_array_elements_text(tags)), depth${more}
  FROM known_run
  ON CONFLICT DO NOTHING
  RETURNING id, retention, workflow_id, version, user_id
),
claimable AS (
  INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at)
  SELECT s.id, s.retention, s.workflow_id, s.version, s.user_id, k.run_at FROM started s JOIN known_run k ON k.id = s.id
),
awaited AS (
  INSERT INTO child_runs (run_id, retention, parent_id, status)
  SELECT n.id, k.retention, n.parent_id, CASE WHEN k.id IS NULL THEN 'refused' ELSE 'running' END
  FROM wanted_run n LEFT JOIN known_run k ON k.id = n.id
  WHERE n.trigger->>'mode' = 'joined'
  ON CONFLICT DO NOTHING
),
abandoned AS (
  UPDATE child_runs c SET cancel_requested_at = now()
  FROM written w WHERE c.parent_id = w.run_id AND c.run_id = ANY(${unwanted}) AND c.status = 'running'
),
ended AS (
  UPDATE child_runs c SET status = w.status
  FROM written w WHERE w.next = 'finish' AND w.run_id = ANY(${parameter(10)}::uuid[]) AND c.run_id = w.run_id
),
forgotten AS (
  DELETE FROM child_runs c USING written w
  WHERE w.next = 'finish' AND w.run_id = ANY(${parameter(11)}::uuid[]) AND c.parent_id = w.run_id
    AND NOT c.run_id = ANY(${unwanted}) AND (c.cancel_requested_at IS NULL OR c.cancel_delivered_at IS NOT NULL)
)`;
    },
    values: (rows) => {
      const children = rows.flatMap((row) => row.children.map((child) => ({ child, row })));
      return [
        children.map(({ child }) => child.id),
        children.map(({ row }) => row.runId),
        children.map(({ child }) => child.workflowId),
        children.map(({ row }) => row.userId),
        children.map(({ child, row }) => JSON.stringify(triggerOf(child, row))),
        children.map(({ child }) => child.inputJson),
        children.map(({ child }) => child.correlationId),
        children.map(({ child }) => JSON.stringify(child.tags)),
        children.map(({ child }) => child.depth),
        rows.flatMap((row) => row.unwanted.children),
        rows.filter((row) => row.isJoined).map((row) => row.runId),
        rows.filter((row) => row.hasChildren).map((row) => row.runId),
      ];
    },
  };
}

/** `run.trigger` of a run that a step starts, or the trouble of this one. */
function triggerOf({ path, isJoined, trouble, traceparent }: ChildRequest, { runId }: RunCommit): RunTrigger {
  const from = { type: RunTriggerType.Workflow, run_id: runId, ...(traceparent !== undefined && { traceparent }) };
  if (trouble !== undefined) return { ...from, ...(path !== '' && { path }), mode: 'on_failure', trouble };
  return { ...from, path, mode: isJoined ? 'joined' : 'detached' };
}
