import { EgressError } from './egress.error.js';

/** What is known about a call that failed. */
export interface FailedCall {
  timedOut: boolean;
  aborted: boolean;
  /** Whether a byte of the request may have been sent: certainly none while there was no connection. */
  hasLeft: boolean;
}

/** Says what a failure of the HTTP library means for the effect: did not happen, or may have. */
export function callError(error: unknown, url: string, why: FailedCall): EgressError {
  const inner = innermost(error);
  if (inner instanceof EgressError) return inner;
  const code = inner instanceof Error ? String(Reflect.get(inner, 'code') ?? '') : '';
  const { host } = new URL(url);
  const told = { cause: error };
  // A method or header that HTTP does not have, or that is the connection's own (Connection, Transfer-Encoding …).
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    const reason = inner instanceof Error ? inner.message : code;
    return new EgressError('CONFIG_INVALID', `The request to ${host} cannot be sent: ${reason}.`, false, told);
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new EgressError('RESPONSE_TOO_LARGE', `The headers of the answer of ${host} are too large.`, true, told);
  }
  const { hasLeft } = why;
  if (why.aborted) return new EgressError('CANCELLED', `The call to ${host} was stopped.`, hasLeft, told);
  if (why.timedOut) {
    const what = hasLeft ? 'did not answer' : 'could not be connected to';
    return new EgressError('TIMEOUT', `${host} ${what} in time.`, hasLeft, told);
  }
  if (!hasLeft) {
    const reason = code === '' ? '' : ` (${code})`;
    return new EgressError('HTTP_UNREACHABLE', `${host} cannot be reached${reason}.`, false, told);
  }
  return new EgressError('HTTP_INTERRUPTED', `The connection to ${host} broke during the call.`, true, told);
}

/** Node.js wraps what happened at several addresses, and errors of our look-up, into others. */
function innermost(error: unknown): unknown {
  if (error instanceof EgressError) return error;
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof EgressError ? cause : error;
}
