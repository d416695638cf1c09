import { Transform } from 'class-transformer';

/** Takes a member as it came. Without it class-transformer copies every object inside, on each request. */
export function Untouched(): PropertyDecorator {
  return Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);
}
