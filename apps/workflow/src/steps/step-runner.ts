import type { JobRequest, RunJob } from '@app/contracts';
import type { CompiledStep, EvaluationContext, Scope } from '@app/definition';

/** What a step sees when it runs. */
export interface StepContext {
  runId: string;
  path: string;
  attempt: number;
  step: CompiledStep;
  scope: Scope;
  evaluation: EvaluationContext;
  /** ms since 1970. */
  now: number;
  /** Aborts when the run is cancelled or this replica lost the right to go on. */
  signal: AbortSignal;
}

/** What a pure step comes to: an output, or for a container the list to enter (null = none). */
export type PureResult = { output: unknown } | { branch: string | null };

/** A step without an effect: computed at once, and again in a replay. */
export interface PureRunner {
  kind: 'pure';
  run: (context: StepContext) => Promise<PureResult>;
}

/** What a parked step waits for. */
export interface Parking {
  /** ms since 1970. */
  until?: number;
  job?: JobRequest;
  /** Shown as the step's input. */
  input?: unknown;
}

/** A step that only writes rows of ours: its wish is committed together with the journal, then the run is parked. */
export interface ParkingRunner {
  kind: 'parking';
  park: (context: StepContext) => Promise<Parking>;
  /** The output once the job has succeeded. */
  collect?: (job: RunJob) => unknown;
}

/** A call that is ready to be made. */
export interface PreparedCall<Request = unknown> {
  request: Request;
  /** Shown as the step's input, without credentials. */
  input: unknown;
  /** SHA-256 of everything the receiver would see, hex: a repeated call must be the same call. */
  hash: string;
}

/** A step with an effect outside: announced in the journal, then called. */
export interface EffectRunner<Request = unknown> {
  kind: 'effect';
  prepare: (context: StepContext) => Promise<PreparedCall<Request>>;
  /** @throws StepFailure when there is no output */
  perform: (call: PreparedCall<Request>, context: StepContext) => Promise<unknown>;
}

export type StepRunner = PureRunner | ParkingRunner | EffectRunner;
