import { AppError, requestErrorCodes, type RequestErrorCode } from '@app/contracts';
import { BadRequestException, PayloadTooLargeException, ServiceUnavailableException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { problemKinds } from './problem-status.js';
import { toAppError } from './to-app-error.js';

const contract: Record<RequestErrorCode, number> = {
  NOT_FOUND: 404,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  BAD_REQUEST: 400,
  VALIDATION_FAILED: 400,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  PAYLOAD_TOO_LARGE: 413,
  INTERNAL_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
  RUN_FAILED: 502,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  UNSUPPORTED_MEDIA_TYPE: 415,
  PRECONDITION_FAILED: 412,
  IDEMPOTENCY_MISMATCH: 422,
  STEP_UP_REQUIRED: 403,
  QUOTA_EXCEEDED: 429,
};

function databaseError(message: string, code: string): Error {
  return Object.assign(new Error('QueryFailedError'), { driverError: Object.assign(new Error(message), { code }) });
}

describe('toAppError', () => {
  it('gives each code the status of the contract', () => {
    for (const code of Object.values(requestErrorCodes)) expect(problemKinds[code].status).toBe(contract[code]);
  });

  it('keeps the words of our own errors', () => {
    const error = new AppError({ code: 'CONFLICT', kind: 'user', message: 'Ours.' });
    expect(toAppError(error)).toBe(error);
  });

  it.each([
    [new BadRequestException('library words'), 'BAD_REQUEST', 'user'],
    [new PayloadTooLargeException('library words'), 'PAYLOAD_TOO_LARGE', 'user'],
    [new ServiceUnavailableException('library words'), 'SERVICE_UNAVAILABLE', 'transient'],
    [Object.assign(new Error('library words'), { statusCode: 415 }), 'UNSUPPORTED_MEDIA_TYPE', 'user'],
    [Object.assign(new Error('library words'), { statusCode: 431 }), 'BAD_REQUEST', 'user'],
    [new Error('library words'), 'INTERNAL_ERROR', 'bug'],
    ['library words', 'INTERNAL_ERROR', 'bug'],
    [undefined, 'INTERNAL_ERROR', 'bug'],
    [databaseError('INSERT INTO library words', '23514'), 'INTERNAL_ERROR', 'bug'],
    [databaseError('Connection terminated library words', '57P01'), 'SERVICE_UNAVAILABLE', 'transient'],
    [new AppError({ code: 'TIMEOUT', kind: 'user', message: 'library words of a run' }), 'INTERNAL_ERROR', 'bug'],
  ] as const)('hides the words of %s', (thrown, code, kind) => {
    const error = toAppError(thrown);
    expect(error).toMatchObject({ code, kind, message: problemKinds[code].detail, cause: thrown });
  });

  it('says when to come back when the database is away', () => {
    expect(toAppError(databaseError('gone', '08006')).retryAfterS).toBeGreaterThan(0);
  });
});
