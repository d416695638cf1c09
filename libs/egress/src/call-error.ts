import { EgressError } from './egress.error.js';

/** Failures of name resolution and of connecting: not a byte of the request was sent. */
const beforeConnection: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Says what a failure of the HTTP library means for the effect: did not happen, or may have. */
export function callError(error: unknown, url: string, why: { timedOut: boolean; aborted: boolean }): EgressError {
  const inner = innermost(error);
  if (inner instanceof EgressError) return inner;
  const code = inner instanceof Error ? String(Reflect.get(inner, 'code') ?? '') : '';
  const { host } = new URL(url);
  const told = { cause: error };
  if (beforeConnection.has(code)) {
    return new EgressError('HTTP_UNREACHABLE', `${host} cannot be reached (${code}).`, false, told);
  }
  // A method or header that HTTP does not have, or that is the connection's own (Connection, Transfer-Encoding …).
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    const reason = inner instanceof Error ? inner.message : code;
    return new EgressError('CONFIG_INVALID', `The request to ${host} cannot be sent: ${reason}.`, false, told);
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new EgressError('RESPONSE_TOO_LARGE', `The headers of the answer of ${host} are too large.`, true, told);
  }
  if (why.aborted) return new EgressError('CANCELLED', `The call to ${host} was stopped.`, true, told);
  if (why.timedOut) return new EgressError('TIMEOUT', `${host} did not answer in time.`, true, told);
  return new EgressError('HTTP_INTERRUPTED', `The connection to ${host} broke during the call.`, true, told);
}

/** Node.js wraps what happened at several addresses, and errors of our look-up, into others. */
function innermost(error: unknown): unknown {
  if (error instanceof EgressError) return error;
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof EgressError ? cause : error;
}
