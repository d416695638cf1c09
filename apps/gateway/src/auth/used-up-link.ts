import { validationFailed, type AppError } from '@app/contracts';

/**
 * The one answer to a mailed token that is made up, expired, used, or about something that has changed meanwhile.
 * @param field what the request calls the token
 */
export function usedUpLink(field = 'token'): AppError {
  return validationFailed([{ field, message: 'is not good, or not any more: ask for a new link' }]);
}
