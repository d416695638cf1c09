import {
  compileTemplate,
  LazyExpressions,
  LONGEST_WEBHOOK_WAIT_MS,
  WebhookTrigger,
  type LazyExpression,
  type Template,
} from '@app/definition';
import { plainToInstance } from 'class-transformer';

/** How a delivery is answered with what came of its run. */
export interface OutputPlan {
  timeoutMs: number;
  /** Steps that each of its expressions may take. */
  maxSteps: number;
  status: Template;
  headers: Template;
  /** Undefined: the run's output. */
  body: Template | undefined;
}

/** The trigger of one version of a workflow, with its expressions compiled. */
export interface HookPlan {
  trigger: WebhookTrigger;
  dedupe: LazyExpression | undefined;
  /** Steps that `dedupe` may take. */
  maxSteps: number;
  /** Undefined: the sender is not told what comes of the run. */
  output: OutputPlan | undefined;
}

/** What the operator allows. */
export interface HookBounds {
  /** Longest time that a sender waits. */
  maxWaitMs: number;
  /** Steps of one expression. */
  maxSteps: number;
}

export function hookPlan(config: object, { maxWaitMs, maxSteps }: HookBounds): HookPlan {
  const trigger = plainToInstance(WebhookTrigger, config);
  const { dedupe, respond } = trigger;
  const expressions = new LazyExpressions();
  return {
    trigger,
    maxSteps,
    dedupe: dedupe === undefined ? undefined : expressions.bare(dedupe),
    output:
      respond?.mode === 'output'
        ? {
            maxSteps,
            timeoutMs: Math.min(respond.timeout_ms ?? LONGEST_WEBHOOK_WAIT_MS, maxWaitMs),
            status: compileTemplate(respond.status ?? 200, expressions),
            headers: compileTemplate(respond.headers ?? {}, expressions),
            body: respond.body === undefined ? undefined : compileTemplate(respond.body, expressions),
          }
        : undefined,
  };
}
