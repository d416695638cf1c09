import { newId } from '@app/contracts';
import { WorkflowRunConfig } from '@app/definition';
import { callersTrace } from '@app/observability';
import { assertNoLoop } from '../causation.js';
import { resolvedConfig } from '../resolved-config.js';
import { assertStorable } from '../storable-json.js';
import type { ChildRequest, TransactionalRunner } from '../step-runner.js';

/** `workflow.run`: the new run is accepted in the commit that says so, joined or not. */
export const workflowRunRunner: TransactionalRunner = {
  kind: 'transactional',
  act: async (context) => {
    const { workflow_id, input, mode } = await resolvedConfig(context, WorkflowRunConfig);
    assertNoLoop(context);
    assertStorable(input, context.bounds);
    const child: ChildRequest = {
      id: newId(),
      path: context.path,
      workflowId: workflow_id,
      inputJson: input === undefined ? null : JSON.stringify(input),
      correlationId: context.correlationId,
      tags: context.tags,
      depth: context.depth + 1,
      isJoined: mode !== 'detached',
      ...callersTrace(),
    };
    const shown = { workflow_id, input: input ?? null };
    if (!child.isJoined) return { child, output: { run_id: child.id }, input: shown };
    const { timeout_ms } = context.step.definition;
    return { child, input: shown, ...(timeout_ms !== undefined && { deadline: context.now + timeout_ms }) };
  },
};
