import { EffectClass } from '@app/contracts';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { leaf, type StepKind } from './step-kind.js';

export class WorkflowRunConfig {
  /** The workflow to run: one of the same owner. Its version is the one committed when the run begins. */
  @IsUUID()
  workflow_id: string;

  /** The input of the new run. */
  @IsOptional()
  input?: unknown;

  /** `joined`: waits for the run, whose output is the step's. `detached`: goes on at once with {run_id}. */
  @IsOptional()
  @IsIn(['joined', 'detached'])
  mode?: 'joined' | 'detached' = 'joined';
}

export const workflowRunKind: StepKind<WorkflowRunConfig> = {
  ...leaf,
  description:
    'Starts a run of another workflow and, unless it is detached, waits for it; its output is that of the run.',
  config: WorkflowRunConfig,
  examples: [{ workflow_id: '00000000-0000-7000-8000-000000000000', input: { order: '{{ input.order }}' } }],
  effect: () => EffectClass.Transactional,
  without: ['effect', 'probe', 'on_in_doubt'],
};
