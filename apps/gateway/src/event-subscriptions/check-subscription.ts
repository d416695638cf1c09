import { validationFailed, type FieldError } from '@app/contracts';
import { expressionMistakes } from '@app/definition';
import { mistakeInDestination } from '@app/egress';

/**
 * Checks what a subscription is given: that its filter is an expression, and that its URL may be called.
 * @param allow EGRESS_ALLOW
 * @throws AppError VALIDATION_FAILED with each field that is wrong
 */
export async function checkSubscription(
  allow: readonly string[],
  { filter, url }: { filter?: string | null | undefined; url?: string | undefined },
): Promise<void> {
  const errors: FieldError[] = [];
  if (filter != null) errors.push(...expressionMistakes(filter, 'filter'));
  const mistake = url === undefined ? undefined : await mistakeInDestination(allow, url);
  if (mistake !== undefined) errors.push({ field: 'url', message: `is not one that can be called: ${mistake}` });
  if (errors.length > 0) throw validationFailed(errors);
}
