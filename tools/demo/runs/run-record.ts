import { isFinalRunStatus, StepStatus, type RunDto, type RunStepDto } from '@app/contracts';
import { inLanes } from '../in-lanes.js';
import type { Api } from '../platform/api.js';

const LANES = 4;

/** A run with its steps. */
export interface RunRecord {
  run: Omit<RunDto, 'input' | 'output'>;
  steps: RunStepDto[];
}

/** Reads every run of the workflow with its steps. */
export async function readRuns(api: Api, workflowId: string): Promise<RunRecord[]> {
  const runs = await api.all<RunDto>(`/workflows/${workflowId}/runs`);
  return inLanes(runs, LANES, async (run) => ({ run, steps: await api.all<RunStepDto>(`/runs/${run.id}/steps`) }));
}

/** Whether a run waits for a person to say whether the effect of a step happened. */
export function isInDoubt({ run, steps }: RunRecord): boolean {
  return !isFinalRunStatus(run.status) && steps.some(({ status }) => status === StepStatus.InDoubt);
}
