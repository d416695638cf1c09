import { RunValues } from '@app/blobs';
import {
  notFound,
  stepViews,
  type JournalEntry,
  type RunStepDto,
  type StepListQuery,
  type StepView,
} from '@app/contracts';
import type { StepDefinition } from '@app/definition';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { decodeCursor, pageOf, type Page } from '../http/paging.js';
import { journalSql, runDefinitionSql } from './run-steps.sql.js';
import { stepLabels, type StepLabel } from './step-labels.js';

/** The steps of a run, folded from its journal. */
@Injectable()
export class RunStepsService {
  constructor(
    private readonly pool: Pool,
    private readonly values: RunValues,
  ) {}

  /**
   * One page of a run's steps, in the order in which they began.
   * @throws AppError NOT_FOUND, SERVICE_UNAVAILABLE when a large output cannot be read now
   */
  async list(userId: string, runId: string, query: StepListQuery): Promise<Page<RunStepDto>> {
    const { rows } = await this.pool.query<{ retention: number; steps: StepDefinition[] | null }>(runDefinitionSql, [
      runId,
      userId,
    ]);
    const [run] = rows;
    if (run === undefined) throw notFound('run');
    const views = stepViews(await this.journal(run.retention, runId));
    const labels = stepLabels(run.steps ?? []);
    const first = firstOf(views, query);
    // Of large outputs only those are read that are shown.
    const shown = await Promise.all(views.slice(first, first + query.limit + 1).map((view) => this.whole(view)));
    const page = shown.map((view) => toStep(view, labels.get(view.step_id)));
    return pageOf(page, query, query.cursor === undefined ? views.length : undefined, ({ path }) => [path]);
  }

  private async whole(view: StepView): Promise<StepView> {
    return view.output_blob === undefined ? view : { ...view, output: await this.values.read(view.output_blob) };
  }

  private async journal(retention: number, runId: string): Promise<JournalEntry[]> {
    const { rows } = await this.pool.query<{ entries: JournalEntry[] }>(journalSql, [retention, runId]);
    return rows.flatMap(({ entries }) => entries);
  }
}

function firstOf(views: readonly StepView[], { cursor, page, limit }: StepListQuery): number {
  if (cursor === undefined) return (page - 1) * limit;
  const [path] = decodeCursor(cursor, isStepKey);
  return views.findIndex((view) => view.path === path) + 1;
}

function isStepKey(key: unknown): key is [string] {
  return Array.isArray(key) && key.length === 1 && typeof key[0] === 'string';
}

/** @param label missing when the version of the definition is gone */
function toStep(view: StepView, label: StepLabel | undefined): RunStepDto {
  return {
    step_id: view.step_id,
    path: view.path,
    type: label?.type ?? 'unknown',
    name: label?.name ?? view.step_id,
    status: view.status,
    attempt: view.attempt,
    input: view.input,
    output: view.output,
    error: view.error,
    started_at: rfc3339(view.started_at),
    completed_at: rfc3339(view.completed_at),
  };
}

function rfc3339(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
