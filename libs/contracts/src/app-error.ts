import type { ProofMethod } from './accounts.js';
import type { ErrorCode } from './error-codes.js';

/**
 * What kind of mistake it is decides log level, retry and status: `user` errors are answers and not logged as
 * errors, `transient` ones may go away by themselves, a `bug` is ours.
 */
export type ErrorKind = 'user' | 'transient' | 'bug';

/** One wrong field: its JSON path (`steps[2].config.url`) and a sentence that says how to mend it. */
export interface FieldError {
  field: string;
  message: string;
}

/** What a sensitive action asks for: one of these proofs, given no longer ago than that. */
export interface NeededProof {
  methods: readonly ProofMethod[];
  max_age_s: number;
}

export interface AppErrorInit {
  code: ErrorCode;
  kind: ErrorKind;
  /** Shown to the client: no stack, SQL or library text, never a secret. */
  message: string;
  errors?: readonly FieldError[] | undefined;
  /** Seconds after which trying again makes sense. */
  retryAfterS?: number | undefined;
  /** With STEP_UP_REQUIRED: the way on. */
  neededProof?: NeededProof | undefined;
  /** For the log only. */
  cause?: unknown;
}

/** The one error class that may cross a boundary. Anything else that reaches an edge is a bug of ours. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterS: number | undefined;
  readonly neededProof: NeededProof | undefined;

  constructor(init: AppErrorInit) {
    super(init.message, { cause: init.cause });
    this.name = 'AppError';
    this.code = init.code;
    this.kind = init.kind;
    this.errors = init.errors;
    this.retryAfterS = init.retryAfterS;
    this.neededProof = init.neededProof;
  }
}

/** The resource does not exist or belongs to somebody else: both look the same from outside. */
export function notFound(what: string): AppError {
  return new AppError({ code: 'NOT_FOUND', kind: 'user', message: `No such ${what}.` });
}

/** The request contradicts the state of the resource; `message` says what to do about it. */
export function conflict(message: string): AppError {
  return new AppError({ code: 'CONFLICT', kind: 'user', message });
}

/** One or more fields are wrong. */
export function validationFailed(errors: readonly FieldError[]): AppError {
  return new AppError({
    code: 'VALIDATION_FAILED',
    kind: 'user',
    message: errors.length === 1 ? 'One field is not valid.' : `${errors.length} fields are not valid.`,
    errors,
  });
}
