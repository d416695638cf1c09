import { AppError } from '@app/contracts';
import { isConnectionLost } from '@app/database';
import { HttpException } from '@nestjs/common';
import { codeOfStatus, isRequestErrorCode, problemKinds } from './problem-status.js';

/** Seconds after which a client should try again when the database is away. */
const RETRY_AFTER_S = 2;

/** What a request is answered when something was thrown, whatever it was. Only `AppError` keeps its own words. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return isRequestErrorCode(thrown.code) ? thrown : bug(thrown);
  const status = statusOf(thrown);
  if (status !== undefined && status < 500) {
    const code = codeOfStatus(status);
    return new AppError({ code, kind: 'user', message: problemKinds[code].detail, cause: thrown });
  }
  return status === 503 || isConnectionLost(causeOf(thrown)) ? unavailable(thrown) : bug(thrown);
}

/** Nest maps Fastify's own errors to HttpException; those raised before a route was found keep `statusCode`. */
function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (!(thrown instanceof Error)) return undefined;
  const status: unknown = Reflect.get(thrown, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** TypeORM wraps the error of the driver. */
function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? (Reflect.get(thrown, 'driverError') ?? thrown) : thrown;
}

function unavailable(cause: unknown): AppError {
  const message = problemKinds.SERVICE_UNAVAILABLE.detail;
  return new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: RETRY_AFTER_S, cause });
}

function bug(cause: unknown): AppError {
  return new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: problemKinds.INTERNAL_ERROR.detail, cause });
}
