import { requestErrorCodes, type ErrorCode, type RequestErrorCode } from '@app/contracts';

interface ProblemKind {
  status: number;
  /** The same for every occurrence (RFC 9457 §3.1.3). */
  title: string;
  /** Shown when the mistake was met by a library, whose own words are not for clients. */
  detail: string;
}

/** Each code a request can be answered with. A new code does not compile until it has a status. */
export const problemKinds: Record<RequestErrorCode, ProblemKind> = {
  BAD_REQUEST: { status: 400, title: 'Bad request', detail: 'The request cannot be understood.' },
  VALIDATION_FAILED: {
    status: 400,
    title: 'Validation failed',
    detail: 'The request holds a value that is not valid.',
  },
  UNAUTHORIZED: { status: 401, title: 'Unauthorized', detail: 'A valid access token is needed.' },
  FORBIDDEN: { status: 403, title: 'Forbidden', detail: 'You may not do this.' },
  STEP_UP_REQUIRED: { status: 403, title: 'Step-up required', detail: 'A recent proof of who you are is needed.' },
  NOT_FOUND: { status: 404, title: 'Not found', detail: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed', detail: 'This address does not take this method.' },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'Not acceptable',
    detail: 'This address answers in none of the accepted types.',
  },
  CONFLICT: { status: 409, title: 'Conflict', detail: 'The request contradicts the state of the resource.' },
  PRECONDITION_FAILED: {
    status: 412,
    title: 'Precondition failed',
    detail: 'The resource has changed in the meantime.',
  },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'Payload too large', detail: 'The body is larger than the limit.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'The Content-Type of the body is not one this address reads.',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    title: 'Idempotency key reused',
    detail: 'This Idempotency-Key was sent before with another body.',
  },
  RATE_LIMITED: { status: 429, title: 'Too many requests', detail: 'Too many requests; come back later.' },
  QUOTA_EXCEEDED: { status: 429, title: 'Quota exceeded', detail: 'A quota of this account is used up.' },
  INTERNAL_ERROR: { status: 500, title: 'Internal error', detail: 'Something went wrong on our side.' },
  RUN_FAILED: { status: 502, title: 'Run failed', detail: 'The run that this delivery started did not complete.' },
  SERVICE_UNAVAILABLE: { status: 503, title: 'Service unavailable', detail: 'Not available at the moment; try again.' },
};

/** The code for a status that Nest or Fastify chose by themselves. */
export function codeOfStatus(status: number): RequestErrorCode {
  const codes = Object.keys(problemKinds) as RequestErrorCode[];
  const code = codes.find((candidate) => problemKinds[candidate].status === status);
  return code ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR');
}

/** Whether a code may be the answer to a request; codes of runs and jobs may not. */
export function isRequestErrorCode(code: ErrorCode): code is RequestErrorCode {
  return code in requestErrorCodes;
}
