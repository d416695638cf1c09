import { Transform } from 'class-transformer';

/** Reads a whole number from a query, where everything is text. Any other text stays as it is, for a rule to refuse. */
export function WholeNumber(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  );
}
