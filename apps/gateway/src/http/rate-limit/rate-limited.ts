import { AppError } from '@app/contracts';

/** @param retryAfterMs when trying again makes sense */
export function rateLimited(what: string, retryAfterMs: number): AppError {
  const retryAfterS = Math.max(Math.ceil(retryAfterMs / 1_000), 1);
  const message = `${what}; try again in ${retryAfterS} s.`;
  return new AppError({ code: 'RATE_LIMITED', kind: 'user', message, retryAfterS });
}
