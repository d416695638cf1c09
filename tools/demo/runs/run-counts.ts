import { finalRunStatuses, type RunSummaryDto } from '@app/contracts';
import type { Api, Page } from '../platform/api.js';

/** Runs of the workflow at this moment: how many, and how many of them ended in which way. */
export interface RunCounts {
  started: number;
  completed: number;
  failed: number;
  cancelled: number;
}

export async function countRuns(api: Api, workflowId: string): Promise<RunCounts> {
  const count = async (filter: string): Promise<number> => {
    const { total } = await api.get<Page<RunSummaryDto>>(`/workflows/${workflowId}/runs?limit=1${filter}`);
    return total ?? 0;
  };
  // Ends before starts: a run that begins in between must not make it look as if all had ended.
  const [completed = 0, failed = 0, cancelled = 0] = await Promise.all(
    finalRunStatuses.map((status) => count(`&status=${status}`)),
  );
  return { started: await count(''), completed, failed, cancelled };
}

/** How many have ended. */
export function endedOf({ completed, failed, cancelled }: RunCounts): number {
  return completed + failed + cancelled;
}
