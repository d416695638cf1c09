import type { BlobReference, CloudEvent, JobRequest, RunError, RunJob, RunTrouble } from '@app/contracts';
import type { ContentChange } from '@app/database';
import type { Bounds, CompiledStep, EvaluationContext, Scope } from '@app/definition';

/** What a step sees when it runs. */
export interface StepContext {
  runId: string;
  userId: string;
  workflowId: string;
  /** How many runs in a row have started one another, this one included. */
  depth: number;
  correlationId: string | null;
  tags: readonly string[];
  path: string;
  attempt: number;
  /** A call of this step that was made before may have taken effect. */
  isRepeated: boolean;
  step: CompiledStep;
  scope: Scope;
  evaluation: EvaluationContext;
  bounds: Bounds;
  /** ms since 1970. */
  now: number;
  /** Aborts when the run is cancelled or this replica lost the right to go on. */
  signal: AbortSignal;
  /** Whether a call may still be made: for whoever makes it to ask in the last moment, when nothing has left yet. */
  mayLeave: () => boolean;
}

/**
 * What a pure step comes to: an output; for a container the list to enter (null = none, or all) or the items to go
 * through; or the end of the whole run.
 */
export type PureResult =
  | { output: unknown }
  | { branch: string | null }
  | { items: readonly unknown[] }
  | { end: { output: unknown } | { error: RunError } };

/** A step without an effect: computed when it begins, and again in a replay. Most are known at once. */
export interface PureRunner {
  kind: 'pure';
  run: (context: StepContext) => PureResult | Promise<PureResult>;
}

/** A run that a step starts; written together with the journal. */
export interface ChildRequest {
  /** Made by the asker, so that writing twice is writing once. */
  id: string;
  path: string;
  workflowId: string;
  /** JSON text; null when there is none or it is in blob storage. */
  inputJson: string | null;
  /** Where the input is when it is too large for the row. */
  inputBlob?: BlobReference;
  correlationId: string | null;
  tags: readonly string[];
  depth: number;
  /** Whether the step waits for it. */
  isJoined: boolean;
  /** Set when no step asks for it but `config.on_failure`. */
  trouble?: RunTrouble;
  /** The trace of whoever started the asker, if they brought one. */
  traceparent?: string;
}

/** An event that a step sends; accepted together with the journal. */
export interface EmittedEvent {
  /** Made by the sender, so that writing twice is writing once. */
  id: string;
  event: CloudEvent;
  depth: number;
}

/** An event that a step waits for, see `event_waits`. */
export interface EventWait {
  id: string;
  path: string;
  /** Of the event's type and source: a word, or how it begins with `*` at the end. */
  type: string;
  source: string | null;
  filter: string | null;
  /** What the filter reads besides `event`. */
  context: Scope | null;
}

/** A change of content that a step makes; done together with the journal. */
export interface WantedContentChange {
  /** Of the row in `jobs` that says what came of it. Made by the asker, so that writing twice is writing once. */
  jobId: string;
  type: 'content.create' | 'content.update' | 'content.publish';
  path: string;
  change: ContentChange;
}

/** Rows of ours that a step wants to exist exactly when the journal says that it did something. */
export interface Wish {
  job?: JobRequest;
  child?: ChildRequest;
  event?: EmittedEvent;
  eventWait?: EventWait;
  contentChange?: WantedContentChange;
}

/** What a parked step waits for. */
export interface Parking extends Wish {
  /** When it goes on, in ms since 1970. */
  until?: number;
  /** When waiting becomes a failure, in ms since 1970. */
  deadline?: number;
  /** The signal it waits for. */
  signal?: string;
  /** Shown as the step's input. */
  input?: unknown;
}

/** A step that is over with the rows it wants. */
export interface Done extends Wish {
  output: unknown;
  input?: unknown;
}

/** A step that only writes rows of ours: what it wants is committed together with the journal, exactly once. */
export interface TransactionalRunner {
  kind: 'transactional';
  act: (context: StepContext) => Promise<Parking | Done>;
  /** The output once the job has succeeded. */
  collect?: (job: RunJob) => unknown;
  /** Reads the job of a change that the commit itself has done, so that the step need not wait for it. */
  settled?: (jobId: string) => Promise<RunJob>;
}

/** A call that is ready to be made. */
export interface PreparedCall<Request = unknown> {
  request: Request;
  /** Shown as the step's input, without credentials. */
  input: unknown;
  /** SHA-256 of everything the receiver would see, hex: a repeated call must be the same call. */
  hash: string;
}

/** What a probe says of a call. */
export interface Probed {
  happened: boolean;
  /** The probe's answer: the step's output when the call has happened. */
  output: unknown;
}

/** A call may not be made yet. */
export interface CallWait {
  /** From now on. */
  ms: number;
  /** Whose account it is: an origin. */
  provider: string;
  /**
   * Set when its provider has not asked for it, but the limit of its integration is used up: over how many ms those who were
   * told the same go on.
   */
  spreadMs?: number;
}

/** A step with an effect outside: announced in the journal, then called. What can be told at once costs no promise. */
export interface EffectRunner<Request = unknown> {
  kind: 'effect';
  prepare: (context: StepContext) => PreparedCall<Request> | Promise<PreparedCall<Request>>;
  /** Takes what the call needs to be made now. Asked before it is announced, or made again; answers why it has to wait. */
  enter: (call: PreparedCall<Request>) => CallWait | undefined | Promise<CallWait | undefined>;
  /** Whether it has to wait after all; asked in the last moments before it leaves. */
  mustWait: (call: PreparedCall<Request>) => CallWait | undefined;
  /** Finds out whether a call has happened that nobody knows of, or why it cannot yet. @throws when it cannot be told */
  probe?: (context: StepContext) => Promise<Probed | CallWait>;
  /** @throws StepFailure when there is no output */
  perform: (call: PreparedCall<Request>, context: StepContext) => Promise<unknown>;
}

export type StepRunner = PureRunner | TransactionalRunner | EffectRunner;
