import { EgressError } from './egress.error.js';

/** Failures of name resolution and of connecting: not a byte of the request was sent. */
const beforeConnection = new Set([
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
  'UND_ERR_INVALID_ARG',
]);

/** Says what a failure of the HTTP library means for the effect: did not happen, or may have. */
export function callError(error: unknown, url: URL, why: { timedOut: boolean; aborted: boolean }): EgressError {
  const inner = innermost(error);
  if (inner instanceof EgressError) return inner;
  const code = inner instanceof Error ? String(Reflect.get(inner, 'code') ?? '') : '';
  if (beforeConnection.has(code)) {
    return new EgressError('HTTP_UNREACHABLE', `${url.host} cannot be reached (${code}).`, false, { cause: error });
  }
  if (why.aborted) return new EgressError('CANCELLED', `The call to ${url.host} was stopped.`, true, { cause: error });
  if (why.timedOut) return new EgressError('TIMEOUT', `${url.host} did not answer in time.`, true, { cause: error });
  return new EgressError('HTTP_INTERRUPTED', `The connection to ${url.host} broke during the call.`, true, {
    cause: error,
  });
}

/** Node.js wraps what happened at several addresses, and errors of our look-up, into others. */
function innermost(error: unknown): unknown {
  if (error instanceof EgressError) return error;
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof EgressError ? cause : error;
}
