import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';

/** The person said no. */
export class AccessDeniedError extends Error {}

/** The provider cannot be reached, is too slow, or is out of order. */
export class ProviderAwayError extends Error {}

/** What the provider answered does not hold, or is no answer to what was asked. */
export class ProviderAnswerError extends Error {}

/** What RFC 6749 lets an error code be made of. Anything else stays out of the log. */
const CODE = /^[A-Za-z0-9_.-]{1,60}$/;

/**
 * One of the errors above for whatever openid-client threw. Only codes go into the message: what the library knows
 * besides (the parameters, the body) holds codes and tokens.
 */
export function toProviderError(thrown: unknown): Error {
  const away = causesOf(thrown).find((error) => error instanceof ProviderAwayError);
  if (away !== undefined) return away;
  if (thrown instanceof AuthorizationResponseError) return toAuthorizationError(thrown.error);
  if (thrown instanceof ResponseBodyError) return new ProviderAnswerError(`error ${printable(thrown.error)}`);
  if (thrown instanceof ClientError && thrown.code === 'OAUTH_TIMEOUT') return new ProviderAwayError('time is up');
  if (thrown instanceof ClientError) return new ProviderAnswerError(printable(thrown.code ?? 'unknown'));
  if (thrown instanceof SyntaxError) return new ProviderAnswerError('no JSON');
  return thrown instanceof Error ? thrown : new Error('Something was thrown that is no error.');
}

/** RFC 6749 §4.1.2.1; Apple has a name of its own for a person who closes its window. */
function toAuthorizationError(code: string): Error {
  switch (code) {
    case 'access_denied':
    case 'user_cancelled_authorize':
      return new AccessDeniedError();
    case 'temporarily_unavailable':
    case 'server_error':
      return new ProviderAwayError(code);
    default:
      return new ProviderAnswerError(`error ${printable(code)}`);
  }
}

function causesOf(thrown: unknown): Error[] {
  const causes: Error[] = [];
  for (let error = thrown; error instanceof Error && causes.length < 5; error = error.cause) causes.push(error);
  return causes;
}

function printable(code: string): string {
  return CODE.test(code) ? code : 'that is none';
}
