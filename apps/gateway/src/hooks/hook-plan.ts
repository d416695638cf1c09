import {
  compileBare,
  compileTemplate,
  LONGEST_WEBHOOK_WAIT_MS,
  WebhookTrigger,
  type Expression,
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
  dedupe: Expression | undefined;
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
  return {
    trigger,
    maxSteps,
    dedupe: dedupe === undefined ? undefined : compileBare(dedupe),
    output:
      respond?.mode === 'output'
        ? {
            maxSteps,
            timeoutMs: Math.min(respond.timeout_ms ?? LONGEST_WEBHOOK_WAIT_MS, maxWaitMs),
            status: compileTemplate(respond.status ?? 200),
            headers: compileTemplate(respond.headers ?? {}),
            body: respond.body === undefined ? undefined : compileTemplate(respond.body),
          }
        : undefined,
  };
}
