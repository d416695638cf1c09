import { validationFailed } from '@app/contracts';

/**
 * Where a browser is sent in the end. Compared to the letter: anything looser has let strangers collect codes
 * (RFC 9700 §4.1).
 * @param allowed OAUTH_RETURN_URLS
 * @throws AppError VALIDATION_FAILED
 */
export function chooseReturnUrl(allowed: readonly string[], asked: string | undefined): string {
  const chosen = asked === undefined ? allowed[0] : allowed.find((url) => url === asked);
  if (chosen !== undefined) return chosen;
  throw validationFailed([{ field: 'return_url', message: 'has to be one of OAUTH_RETURN_URLS, to the letter' }]);
}

/** A return URL with one more parameter: the outcome. */
export function withOutcome(returnUrl: string, outcome: { code: string } | { error: string }): string {
  const url = new URL(returnUrl);
  for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
  return url.href;
}
