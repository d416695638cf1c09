import { Transform } from 'class-transformer';

/** Reads `true` or `false` from a query, where everything is text. Other text stays, for a rule to refuse. */
export function Truth(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    value === 'true' || value === 'false' ? value === 'true' : value,
  );
}
