import { stepIdOf, type ResolveStepDto, type RunError } from '@app/contracts';

/** A resolution as it stands in the run's inbox. */
export interface ResolutionPayload {
  path: string;
  /** The one that is in doubt: a resolution that comes too late must not settle the next one. */
  attempt: number;
  outcome: ResolveStepDto['outcome'];
  /** Of a step that succeeded. */
  output?: unknown;
  /** Of a step that failed. */
  error?: RunError;
}

export function resolutionPayload(
  path: string,
  attempt: number,
  { outcome, output, error }: ResolveStepDto,
): ResolutionPayload {
  switch (outcome) {
    case 'succeeded':
      return { path, attempt, outcome, output: output ?? null };
    case 'failed': {
      const message = error?.message ?? 'Its owner resolved the step as failed.';
      return { path, attempt, outcome, error: { code: 'RESOLVED_AS_FAILED', message, step_id: stepIdOf(path) } };
    }
    case 'retry':
      return { path, attempt, outcome };
  }
}
