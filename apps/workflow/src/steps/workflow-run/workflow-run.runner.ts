import { newId } from '@app/contracts';
import { WorkflowRunConfig } from '@app/definition';
import { resolvedConfig } from '../resolved-config.js';
import { StepFailure } from '../step-failure.js';
import { assertStorable } from '../storable-json.js';
import type { ChildRequest, TransactionalRunner } from '../step-runner.js';

/** Most runs in a row that start one another. */
export const MAX_DEPTH = 32;

/** `workflow.run`: the new run is accepted in the commit that says so, joined or not. */
export const workflowRunRunner: TransactionalRunner = {
  kind: 'transactional',
  act: async (context) => {
    const { workflow_id, input, mode } = await resolvedConfig(context, WorkflowRunConfig);
    if (context.depth >= MAX_DEPTH) {
      throw StepFailure.permanent(
        'LOOP_DETECTED',
        `${MAX_DEPTH} runs have started one another in a row: the next one is not started`,
      );
    }
    assertStorable(input);
    const child: ChildRequest = {
      id: newId(),
      path: context.path,
      workflowId: workflow_id,
      inputJson: input === undefined ? null : JSON.stringify(input),
      correlationId: context.correlationId,
      tags: context.tags,
      depth: context.depth + 1,
      isJoined: mode !== 'detached',
    };
    const shown = { workflow_id, input: input ?? null };
    if (!child.isJoined) return { child, output: { run_id: child.id }, input: shown };
    const { timeout_ms } = context.step.definition;
    return { child, input: shown, ...(timeout_ms !== undefined && { deadline: context.now + timeout_ms }) };
  },
};
