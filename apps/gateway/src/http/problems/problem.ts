import { AppError, type RequestErrorCode } from '@app/contracts';
import { problemKinds } from './problem-status.js';

/** The error for a code with its usual words. */
export function problem(code: RequestErrorCode, cause?: unknown): AppError {
  return new AppError({ code, kind: 'user', message: problemKinds[code].detail, cause });
}
