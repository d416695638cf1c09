import { idTime, type CloudEvent } from '@app/contracts';
import { bareText, LazyExpression, matchesPattern, type Scope } from '@app/definition';
import { isTrue } from '../steps/steps.service.js';

/** Which events a workflow, a step or a subscription wants. */
export interface EventFilter {
  /** Of whoever wants them: what is random in the filter differs from one to the other. */
  id: string;
  /** Words or patterns of the event's type, one of which has to fit. */
  types: readonly string[];
  source?: string | null | undefined;
  /** An expression over `event` that has to be true; all are wanted without one. */
  filter?: string | null | undefined;
  /** What the expression reads besides the event. */
  context?: Scope | null;
}

export type Verdict = 'match' | 'other' | 'error';

const MOST_FILTERS = 2_000;

/** Judges events. Filters are compiled once, and forgotten when there are too many of them. */
export class EventFilters {
  private readonly compiled = new Map<string, LazyExpression>();

  /** @param maxSteps steps that a filter may take */
  constructor(private readonly maxSteps: number) {}

  /** A filter that cannot be evaluated is one that is not true: nothing happens with a doubt. */
  async judge({ id, event }: { id: string; event: CloudEvent }, wanted: EventFilter): Promise<Verdict> {
    const isOfType = wanted.types.some((type) => matchesPattern(type, event.type));
    if (!isOfType || !matchesPattern(wanted.source ?? undefined, event.source)) return 'other';
    if (wanted.filter == null) return 'match';
    try {
      const evaluation = { nowMs: idTime(id), seed: `${id}/${wanted.id}`, maxSteps: this.maxSteps };
      const value = await this.expression(wanted.filter).evaluate({ ...wanted.context, event }, evaluation);
      return isTrue(value) ? 'match' : 'other';
    } catch {
      return 'error';
    }
  }

  private expression(text: string): LazyExpression {
    const known = this.compiled.get(text);
    if (known !== undefined) return known;
    const [oldest] = this.compiled.keys();
    if (oldest !== undefined && this.compiled.size >= MOST_FILTERS) this.compiled.delete(oldest);
    const expression = new LazyExpression(bareText(text));
    this.compiled.set(text, expression);
    return expression;
  }
}
