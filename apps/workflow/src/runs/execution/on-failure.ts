import { newId, type RunTrouble, type JobRequest, type RunError } from '@app/contracts';
import type { Bounds, CompiledStep, OnFailure } from '@app/definition';
import { callersTrace } from '@app/observability';
import type { ChildRequest } from '../../steps/steps.service.js';
import type { ClaimedRun } from '../claim/claimed-run.js';

/** Attempts that end in doubt before a person is asked, unless the step's retry policy names a number. */
const ATTEMPTS_IN_DOUBT = 3;

/** What is wrong with a run: it has failed, or a step of it waits for somebody to settle a doubt. */
export interface Trouble {
  status: RunTrouble;
  error?: RunError | null;
  /** The step in doubt. */
  path?: string;
}

/** What may follow from trouble. */
export interface Following extends Pick<Bounds, 'maxCauses'> {
  onFailure: OnFailure | undefined;
}

/** What `config.on_failure` wants to exist exactly when the journal says that a run is in trouble. */
interface FailureWishes {
  jobs: JobRequest[];
  children: ChildRequest[];
}

/**
 * What follows from the trouble of a run. It is written in the commit that makes the trouble known, so there is one of each for
 * each trouble, whatever dies. A run at the end of too long a chain starts nothing; its owner is mailed all the same.
 */
export function wishesOf(run: ClaimedRun, { onFailure, maxCauses }: Following, trouble: Trouble): FailureWishes {
  if (onFailure === undefined) return { jobs: [], children: [] };
  const { workflow_id, mail } = onFailure;
  return {
    jobs: mail === true ? [mailJob(run, trouble)] : [],
    children: workflow_id === undefined || run.depth >= maxCauses ? [] : [child(run, workflow_id, trouble)],
  };
}

/** Whether a step whose attempt is in doubt waits for a person. */
export function isHeldInDoubt({ onInDoubt, definition }: CompiledStep, attempt: number): boolean {
  if (onInDoubt === 'retry') return attempt >= (definition.retry?.max_attempts ?? ATTEMPTS_IN_DOUBT);
  return onInDoubt === 'hold';
}

function mailJob({ runId, workflowId }: ClaimedRun, { status, error, path }: Trouble): JobRequest {
  const payload = {
    trouble: status,
    run_id: runId,
    workflow_id: workflowId,
    ...(path !== undefined && { path }),
    ...(error && { code: error.code }),
  };
  return { id: newId(), type: 'email.failure', payload, path: path ?? '' };
}

function child(run: ClaimedRun, workflowId: string, { status, error, path }: Trouble): ChildRequest {
  const { runId, correlationId, tags, depth } = run;
  const about = {
    id: runId,
    workflow_id: run.workflowId,
    workflow_version: run.version,
    status,
    error: error ?? null,
    ...(path !== undefined && { path }),
    trigger: run.trigger,
    correlation_id: correlationId,
    tags,
    created_at: run.createdAt.toISOString(),
  };
  return {
    id: newId(),
    path: path ?? '',
    workflowId,
    inputJson: JSON.stringify({ run: about }),
    correlationId,
    tags,
    depth: depth + 1,
    isJoined: false,
    trouble: status,
    ...callersTrace(),
  };
}
