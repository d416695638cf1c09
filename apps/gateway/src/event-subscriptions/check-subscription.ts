import { validationFailed, type FieldError } from '@app/contracts';
import { compileBare } from '@app/definition';
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
  if (filter != null) errors.push(...mistakesInFilter(filter));
  const mistake = url === undefined ? undefined : await mistakeInDestination(allow, url);
  if (mistake !== undefined) errors.push({ field: 'url', message: `is not one that can be called: ${mistake}` });
  if (errors.length > 0) throw validationFailed(errors);
}

function mistakesInFilter(filter: string): FieldError[] {
  try {
    compileBare(filter);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown mistake';
    return [{ field: 'filter', message: `is not a valid expression: ${reason}` }];
  }
}
