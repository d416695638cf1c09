import { ValidateIf } from 'class-validator';

/** The member may be left out, and is checked when it is there: null is a value, unlike with `@IsOptional()`. */
export function Given(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
