import { ValidateIf } from 'class-validator';

/** A field that may be left out. Unlike with `IsOptional`, null is a value, and is as wrong as another. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
