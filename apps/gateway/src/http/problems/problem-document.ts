import type { AppError, FieldError, NeededProof } from '@app/contracts';
import { isRequestErrorCode, problemKinds } from './problem-status.js';

/** RFC 9457 §3, with our own members `code`, `request_id`, `errors` and `needed_proof`. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  request_id: string;
  errors?: readonly FieldError[];
  needed_proof?: NeededProof;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/**
 * @param url of the request; its query stays out, because it may hold what should not be repeated
 */
export function problemDocument(error: AppError, url: string, requestId: string): ProblemDocument {
  const code = isRequestErrorCode(error.code) ? error.code : 'INTERNAL_ERROR';
  const { status, title } = problemKinds[code];
  return {
    type: 'about:blank',
    title,
    status,
    detail: error.message,
    instance: url.split('?', 1)[0] ?? '',
    code,
    request_id: requestId,
    ...(error.errors !== undefined && { errors: error.errors }),
    ...(error.neededProof !== undefined && { needed_proof: error.neededProof }),
  };
}
