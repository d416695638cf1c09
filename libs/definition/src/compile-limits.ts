import type { StepDefinition } from './definition.js';
import { LazyExpression } from './expressions/lazy-expression.js';
import { bareText } from './expressions/template.js';
import { isStepType, stepKind } from './step-kinds/registry.js';
import { HTTP_TIMEOUT_MS } from './step-kinds/http-request.kind.js';
import { checkShape, shaped } from './validation/check-shape.js';
import { Limits, SlotScope } from './validation/limits.shape.js';

/** `config.limits` of a definition whose runs have to ask before they begin or go on. */
export interface CompiledLimits {
  concurrency?: { max: number; key: LazyExpression | undefined; scope: SlotScope };
  rate?: { max: number; perMs: number; key: LazyExpression | undefined };
  /** How long a call of a run may be open after nobody has the run any more, in ms: the longest time-out of its calls. */
  graceMs: number;
}

/** Undefined when runs need not ask: without limits, or with nothing but a priority. */
export function compileLimits(limits: unknown, steps: readonly StepDefinition[]): CompiledLimits | undefined {
  if (limits === undefined) return undefined;
  const { concurrency, rate } = checkShape(Limits, limits, '').value;
  if (!concurrency && !rate) return undefined;
  return {
    ...(concurrency && {
      concurrency: {
        max: concurrency.max,
        key: keyOf(concurrency),
        scope: concurrency.scope ?? SlotScope.Claim,
      },
    }),
    ...(rate && { rate: { max: rate.max, perMs: rate.per_ms, key: keyOf(rate) } }),
    graceMs: longestCallMs(steps),
  };
}

function keyOf({ key }: { key?: string | null }): LazyExpression | undefined {
  return key === undefined || key === null ? undefined : new LazyExpression(bareText(key));
}

function longestCallMs(steps: readonly StepDefinition[]): number {
  return Math.max(
    0,
    ...steps.map((step) => {
      if (step.type === 'http.request') return step.timeout_ms ?? HTTP_TIMEOUT_MS;
      if (!isStepType(step.type)) return 0;
      const kind = stepKind(step.type);
      const lists = kind.lists(shaped(kind.config, step.config));
      return longestCallMs(lists.flatMap((list) => list.steps));
    }),
  );
}
