import type { JournalEntry, RunError } from '@app/contracts';
import { failureEntry, scopeOf, type ListState } from '../../engine/index.js';
import type { CompiledStep } from '@app/definition';
import type { RunUnderWay } from './run-under-way.js';
import { assertStorable, type StepContext, type StepFailure, type Wish } from '../../steps/steps.service.js';

/** One attempt of one step: what it sees, and how it tells the journal what came of it. */
export class Attempt {
  readonly context: StepContext;

  constructor(
    readonly execution: RunUnderWay,
    list: ListState,
    step: CompiledStep,
    attempt: number,
    private readonly now: () => number,
    /** ms since 1970; earlier than now when the attempt was found under way. */
    private readonly startedAt: number = now(),
  ) {
    const { run, facts, bounds } = execution;
    const path = list.prefix + step.id;
    this.context = {
      runId: run.runId,
      userId: run.userId,
      workflowId: run.workflowId,
      depth: run.depth,
      correlationId: run.correlationId,
      tags: run.tags,
      path,
      attempt,
      step,
      scope: scopeOf(list, run.input, facts),
      evaluation: {
        nowMs: run.createdAt.getTime(),
        seed: `${run.runId}/${path}`,
        maxSteps: bounds.maxExpressionSteps,
      },
      bounds,
      now: now(),
      // Most steps need none: made when it is asked for.
      get signal() {
        return execution.signalOf(path);
      },
      mayLeave: () => execution.isOurs(),
    };
  }

  /** @throws StepFailure when the output cannot be stored */
  complete(output: unknown, more: { input?: unknown; wish?: Wish; inboxId?: string } = {}): void {
    assertStorable(output, this.context.bounds);
    const { input, wish, inboxId } = more;
    this.append(
      {
        type: 'step.completed',
        ...this.base,
        started_at: this.startedAt,
        output,
        ...(input !== undefined && { input }),
      },
      wish,
      inboxId,
    );
  }

  /** The step ends the whole run. */
  end(result: { output: unknown } | { error: RunError }): void {
    const ended = { ...this.base, started_at: this.startedAt, ends: true } as const;
    if ('error' in result) this.append({ type: 'step.failed', ...ended, error: result.error });
    else {
      assertStorable(result.output, this.context.bounds);
      this.append({ type: 'step.completed', ...ended, output: result.output });
    }
  }

  fail({ error, options }: StepFailure): void {
    const { path, step, attempt } = this.context;
    const failed = { path, step, attempt, startedAt: this.startedAt };
    this.append(failureEntry(failed, { error, ...options }, this.now(), this.context.evaluation.seed));
  }

  doubt(reason: string): void {
    this.append({ type: 'step.in_doubt', ...this.base, reason });
  }

  /** The announced call was not made: whoever has the run makes it, as another attempt. */
  notMade(): void {
    const error = { code: 'HTTP_UNREACHABLE', message: 'The process lost the run before it made the call.' } as const;
    const { base, startedAt } = this;
    this.append({ type: 'step.failed', ...base, started_at: startedAt, error, retry_at: base.at });
  }

  append(entry: JournalEntry, wish?: Wish, inboxId?: string): void {
    this.execution.journal.append(entry, { ...wish, ...(inboxId !== undefined && { inboxId }) });
  }

  /** What every entry about this attempt says. */
  get base(): { path: string; at: number; attempt: number } {
    return { path: this.context.path, at: this.now(), attempt: this.context.attempt };
  }
}
