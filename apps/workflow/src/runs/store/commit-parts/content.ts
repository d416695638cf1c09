import { changeContentParts, contentChangeColumns, contentChangeRow, contentOutput } from '@app/database';
import type { RunCommit } from '../run-commit.js';
import type { CommitPart } from './commit-part.js';

/**
 * Content that steps change, with the statement's parts that the gateway changes it with.
 *
 * Guarantees
 * - A change is made exactly when the journal says that its step waits for it, and never again: a batch that is repeated finds
 *   its journal written.
 * - What came of it is written with it, as a job that is over and that nobody has to be told of: the run's owner reads it after
 *   the commit, whoever takes the run over with its history.
 * - A batch names a piece of content once, see `oncePerContent`.
 */
export const content: CommitPart = {
  name: 'content',
  concerns: ({ contentChanges }) => contentChanges.length > 0,
  sql: (first) => `,
content_wanted AS MATERIALIZED (
  SELECT w.* FROM jsonb_to_recordset($${first}::jsonb) AS w (${contentChangeColumns})
  JOIN journaled j ON j.run_id = w.run_id
),${changeContentParts},
content_settled AS (
  INSERT INTO jobs (id, type, payload, user_id, run_id, path, status, result, processed_at, delivered_at)
  SELECT w.job_id, w.job_type, jsonb_build_object('content_id', w.content_id), w.user_id, w.run_id, w.path,
         CASE WHEN d.job_id IS NULL THEN 'failed' ELSE 'succeeded' END,
         CASE WHEN d.job_id IS NULL
              THEN ${missing('w.content_id')}
              ELSE jsonb_build_object('success', true, 'data', ${contentOutput}) END,
         now(), now()
  FROM content_wanted w LEFT JOIN content_next d ON d.job_id = w.job_id
)`,
  values: (rows) => [JSON.stringify(rows.flatMap(changesOf))],
};

function missing(id: string): string {
  return `jsonb_build_object('success', false, 'error', jsonb_build_object(
    'code', 'CONTENT_MISSING', 'message', 'There is no content ' || ${id} || ': it is deleted, or never was yours.',
    'retryable', false))`;
}

function changesOf({ runId, contentChanges }: RunCommit): object[] {
  return contentChanges.map(({ jobId, type, path, change }) => {
    return { ...contentChangeRow(change), run_id: runId, job_id: jobId, path, job_type: type };
  });
}

/** About how many characters the changes of a commit are. */
export function sizeOfContent({ contentChanges }: Pick<RunCommit, 'contentChanges'>): number {
  return contentChanges.length === 0 ? 0 : JSON.stringify(contentChanges).length;
}

/** A batch in parts of which each changes a piece of content once: the second change builds on what the first has committed. */
export function oncePerContent(rows: readonly RunCommit[]): (readonly RunCommit[])[] {
  if (rows.every(({ contentChanges }) => contentChanges.length === 0)) return [rows];
  const parts: { rows: RunCommit[]; contentIds: Set<string> }[] = [{ rows: [], contentIds: new Set() }];
  for (const row of rows) {
    const ids = row.contentChanges.map(({ change }) => change.contentId);
    let part = parts.find(({ contentIds }) => ids.every((id) => !contentIds.has(id)));
    if (part === undefined) parts.push((part = { rows: [], contentIds: new Set() }));
    part.rows.push(row);
    for (const id of ids) part.contentIds.add(id);
  }
  return parts.map((part) => part.rows);
}
