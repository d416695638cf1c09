import type { BlobReference, JournalEntry, RunError } from '@app/contracts';
import { failureEntry, scopeOf, type ListState } from '../../engine/index.js';
import { seededRandom, type CompiledStep } from '@app/definition';
import type { RunUnderWay } from './run-under-way.js';
import {
  storableJson,
  type CallWait,
  type StepContext,
  type StepFailure,
  type Wish,
} from '../../steps/steps.service.js';

/** Calls that wait for the same provider go on within so many ms of each other, or within as long as they waited. */
const LONGEST_SPREAD_MS = 30_000;

/** What is told besides an output. */
interface Completion {
  input?: unknown;
  wish?: Wish;
  inboxId?: string;
  /** The run ends with it. */
  ends?: true;
}

/** One attempt of one step: what it sees, and how it tells the journal what came of it. */
export class Attempt {
  readonly context: StepContext;

  constructor(
    readonly execution: RunUnderWay,
    list: ListState,
    step: CompiledStep,
    attempt: number,
    private readonly now: () => number,
    /** Whether a call of this step that was made before may have taken effect. */
    isRepeated: boolean,
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
      isRepeated,
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

  /**
   * @returns when the output is large and has to be kept first: until then the journal knows nothing of it
   * @throws StepFailure when the output cannot be stored; so does what is returned
   */
  complete(output: unknown, more: Completion = {}): Promise<void> | undefined {
    const json = storableJson(output, this.context.bounds);
    const { values } = this.execution;
    if (values.isLarge(json)) return values.keep(json).then((blob) => this.completed(output, more, blob));
    this.completed(output, more);
    return undefined;
  }

  /** The step ends the whole run. What is returned and thrown is as `complete` has it. */
  end(result: { output: unknown } | { error: RunError }): Promise<void> | undefined {
    if ('output' in result) return this.complete(result.output, { ends: true });
    const ended = { ...this.base, started_at: this.startedAt, ends: true } as const;
    this.append({ type: 'step.failed', ...ended, error: result.error });
    return undefined;
  }

  fail({ error, options }: StepFailure): void {
    const { path, step, attempt, isRepeated } = this.context;
    const failed = { path, step, attempt, startedAt: this.startedAt };
    const failure = { error, ...options, mayHaveHappened: options.mayHaveHappened || isRepeated };
    this.append(failureEntry(failed, failure, this.now(), this.context.evaluation.seed));
  }

  doubt(reason: string): void {
    this.append({ type: 'step.in_doubt', ...this.base, reason });
  }

  /** The announced call was not made: whoever has the run makes it, as another attempt. */
  notMade(): void {
    const error = {
      code: 'HTTP_UNREACHABLE',
      message: 'The call was stopped before anything of it was sent.',
    } as const;
    const { base, startedAt } = this;
    this.append({ type: 'step.failed', ...base, started_at: startedAt, error, retry_at: base.at });
  }

  /**
   * The call may not be made yet: the attempts so far are followed by this one later, and none is used up.
   * @param input shown as the step's, when no announcement has shown it
   */
  putOff(wait: CallWait, input?: unknown): void {
    const { base, startedAt } = this;
    const { attempt, step } = this.context;
    const until = new Date(base.at + wait.ms).toISOString();
    const limited = wait.spreadMs !== undefined;
    const why = limited
      ? `The limit of the integration leaves no call to ${wait.provider}`
      : `${wait.provider} asked for no more calls`;
    const message = `${why} until ${until}; the step goes on then by itself.`;
    this.append({
      type: 'step.failed',
      ...base,
      attempt: attempt - 1,
      started_at: startedAt,
      error: { code: limited ? 'ACCOUNT_LIMITED' : 'PROVIDER_PAUSED', message, step_id: step.id },
      retry_at: this.endOf(wait),
      ...(input !== undefined && { input }),
    });
  }

  /** When this step goes on of all that wait, in ms since 1970: they do not all call at once. */
  endOf({ ms, spreadMs = ms }: CallWait): number {
    const share = seededRandom(this.context.evaluation.seed)();
    return Math.ceil(this.now() + ms + share * Math.min(spreadMs, LONGEST_SPREAD_MS));
  }

  append(entry: JournalEntry, wish?: Wish, inboxId?: string): void {
    this.execution.journal.append(entry, { ...wish, ...(inboxId !== undefined && { inboxId }) });
  }

  private completed(output: unknown, { input, wish, inboxId, ends }: Completion, blob?: BlobReference): void {
    this.append(
      {
        type: 'step.completed',
        ...this.base,
        started_at: this.startedAt,
        output,
        ...(blob !== undefined && { output_blob: blob }),
        ...(input !== undefined && { input }),
        ...(ends && { ends }),
      },
      wish,
      inboxId,
    );
  }

  /** What every entry about this attempt says. */
  get base(): { path: string; at: number; attempt: number } {
    return { path: this.context.path, at: this.now(), attempt: this.context.attempt };
  }
}
