/**
 * Every code a client can meet in a problem document (RFC 9457) or in a run's, step's or job's `error`.
 * docs/errors.md is generated from here; the gateway maps each request code to its HTTP status exhaustively.
 */
export const requestErrorCodes = {
  /** The resource does not exist, or belongs to somebody else. */
  NOT_FOUND: 'NOT_FOUND',
  /** No valid credentials were sent. */
  UNAUTHORIZED: 'UNAUTHORIZED',
  /** The caller is known, but this is not for them. */
  FORBIDDEN: 'FORBIDDEN',
  /** The request cannot be understood, for instance malformed JSON. */
  BAD_REQUEST: 'BAD_REQUEST',
  /** The request was understood and a field is wrong; `errors` names each one. */
  VALIDATION_FAILED: 'VALIDATION_FAILED',
  /** The request contradicts the state of the resource. */
  CONFLICT: 'CONFLICT',
  /** Too many requests; `Retry-After` says when to come back. */
  RATE_LIMITED: 'RATE_LIMITED',
  /** The body is larger than the limit. */
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  /** A mistake of ours; `request_id` finds it in the logs. */
  INTERNAL_ERROR: 'INTERNAL_ERROR',
  /** Something this needs is away; nothing was lost, try again after `Retry-After`. */
  SERVICE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  /** The path exists, but not with this method. */
  METHOD_NOT_ALLOWED: 'METHOD_NOT_ALLOWED',
  /** Only application/json (and problem+json) is spoken. */
  NOT_ACCEPTABLE: 'NOT_ACCEPTABLE',
  /** The body's Content-Type is not one this route reads. */
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  /** `If-Match` names a version that is no longer current. */
  PRECONDITION_FAILED: 'PRECONDITION_FAILED',
  /** The Idempotency-Key was sent before with another body. */
  IDEMPOTENCY_MISMATCH: 'IDEMPOTENCY_MISMATCH',
  /** The action needs a recent proof of who is asking. */
  STEP_UP_REQUIRED: 'STEP_UP_REQUIRED',
  /** A quota of the account is used up. */
  QUOTA_EXCEEDED: 'QUOTA_EXCEEDED',
  /** The run that this delivery started did not complete. */
  RUN_FAILED: 'RUN_FAILED',
} as const;
export type RequestErrorCode = keyof typeof requestErrorCodes;

export const runErrorCodes = {
  /** An expression did not evaluate. */
  EXPRESSION_FAILED: 'EXPRESSION_FAILED',
  /** An expression used up its budget of steps, or made something that is too large. */
  EXPRESSION_LIMIT: 'EXPRESSION_LIMIT',
  /** A script threw; the message says what, and in which line. */
  SCRIPT_FAILED: 'SCRIPT_FAILED',
  /** A script took longer, or more memory, than it may. */
  SCRIPT_LIMIT: 'SCRIPT_LIMIT',
  /** A step's config is not valid once its expressions are resolved. */
  CONFIG_INVALID: 'CONFIG_INVALID',
  /** A secret that the definition names does not exist. */
  SECRET_MISSING: 'SECRET_MISSING',
  /** The integration that the step names is gone, not active or without credentials. */
  INTEGRATION_UNUSABLE: 'INTEGRATION_UNUSABLE',
  /** The content that the step names does not exist, is deleted, or is somebody else's. */
  CONTENT_MISSING: 'CONTENT_MISSING',
  /** The receiver answered with a status that counts as a failure. */
  HTTP_STATUS: 'HTTP_STATUS',
  /** The provider asked for fewer calls: the step waits and goes on by itself, without using up an attempt. */
  PROVIDER_PAUSED: 'PROVIDER_PAUSED',
  /** The limit of the integration is used up: the step waits and goes on by itself, without using up an attempt. */
  ACCOUNT_LIMITED: 'ACCOUNT_LIMITED',
  /** The receiver could not be reached: nothing was sent. */
  HTTP_UNREACHABLE: 'HTTP_UNREACHABLE',
  /** The call was under way when it broke; whether it took effect is not known. */
  HTTP_INTERRUPTED: 'HTTP_INTERRUPTED',
  /** The call may not be made: its address, or one that a redirect leads to, is closed (see security.md, Outbound requests). */
  EGRESS_REFUSED: 'EGRESS_REFUSED',
  /** The response, decompressed or not, or its headers are larger than the limit. */
  RESPONSE_TOO_LARGE: 'RESPONSE_TOO_LARGE',
  /** An output is larger than the limit, or holds text that PostgreSQL cannot store. */
  OUTPUT_INVALID: 'OUTPUT_INVALID',
  /** A `fail` step ended the run. */
  FAILED_BY_STEP: 'FAILED_BY_STEP',
  /** A loop used up its iterations, and `until` was never true. */
  ITERATIONS_EXHAUSTED: 'ITERATIONS_EXHAUSTED',
  /** A list of items is no list, or longer than the limit. */
  ITEMS_INVALID: 'ITEMS_INVALID',
  /** The run that the step started did not complete. */
  CHILD_RUN_FAILED: 'CHILD_RUN_FAILED',
  /** Runs have started runs too many times in a row. */
  LOOP_DETECTED: 'LOOP_DETECTED',
  /** The step's or run's time is up. */
  TIMEOUT: 'TIMEOUT',
  /** The run was cancelled. */
  CANCELLED: 'CANCELLED',
  /** Nobody knows whether the effect happened, and `on_in_doubt` says fail. */
  IN_DOUBT: 'IN_DOUBT',
  /** A person resolved the step in doubt as failed. */
  RESOLVED_AS_FAILED: 'RESOLVED_AS_FAILED',
  /** The journal would grow past its limit. */
  JOURNAL_FULL: 'JOURNAL_FULL',
  /** The worker's job failed for good. */
  JOB_FAILED: 'JOB_FAILED',
  /** The program that had the step's task said that it failed. */
  TASK_FAILED: 'TASK_FAILED',
  /** An event is not sent to a subscription any more. */
  DELIVERY_FAILED: 'DELIVERY_FAILED',
  /** A job's payload does not validate. */
  PAYLOAD_INVALID: 'PAYLOAD_INVALID',
  /** The mail server refused the mail for good. */
  MAIL_REJECTED: 'MAIL_REJECTED',
  /** The owner's address is not verified, and the mail is not only for the owner. */
  MAIL_SENDER_UNVERIFIED: 'MAIL_SENDER_UNVERIFIED',
  /** The account has sent as many mails in 24 hours as it may. */
  MAIL_QUOTA_EXCEEDED: 'MAIL_QUOTA_EXCEEDED',
  /** The large values of the account's runs take as many bytes as they may (QUOTA_BLOB_BYTES). */
  BLOB_QUOTA_EXCEEDED: 'BLOB_QUOTA_EXCEEDED',
  /** The mail server could not be reached or asked to try again later. */
  MAIL_UNAVAILABLE: 'MAIL_UNAVAILABLE',
  /** A mistake of ours inside a step. */
  STEP_CRASHED: 'STEP_CRASHED',
} as const;
export type RunErrorCode = keyof typeof runErrorCodes;

export const errorCodes = { ...requestErrorCodes, ...runErrorCodes } as const;
export type ErrorCode = keyof typeof errorCodes;
