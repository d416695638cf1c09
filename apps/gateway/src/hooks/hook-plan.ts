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
  status: Template;
  headers: Template;
  /** Undefined: the run's output. */
  body: Template | undefined;
}

/** The trigger of one version of a workflow, with its expressions compiled. */
export interface HookPlan {
  trigger: WebhookTrigger;
  dedupe: Expression | undefined;
  /** Undefined: the sender is not told what comes of the run. */
  output: OutputPlan | undefined;
}

/** @param maxWaitMs the most that the operator lets a sender wait */
export function hookPlan(config: object, maxWaitMs: number): HookPlan {
  const trigger = plainToInstance(WebhookTrigger, config);
  const { dedupe, respond } = trigger;
  return {
    trigger,
    dedupe: dedupe === undefined ? undefined : compileBare(dedupe),
    output:
      respond?.mode === 'output'
        ? {
            timeoutMs: Math.min(respond.timeout_ms ?? LONGEST_WEBHOOK_WAIT_MS, maxWaitMs),
            status: compileTemplate(respond.status ?? 200),
            headers: compileTemplate(respond.headers ?? {}),
            body: respond.body === undefined ? undefined : compileTemplate(respond.body),
          }
        : undefined,
  };
}
