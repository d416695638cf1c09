import { ValidateBy } from 'class-validator';
import { schemaHint } from '../json-schema/schema-hint.js';

/** The name under which class-validator reports it. */
export const INSTEAD_OF = 'insteadOf';

/** A field that stands instead of another one: never both. Whether both stand there can be seen in a template too. */
export function InsteadOf(other: string): PropertyDecorator {
  return (target, property) =>
    ValidateBy(
      {
        name: INSTEAD_OF,
        validator: {
          validate: (_value, args) => Reflect.get(args?.object ?? {}, other) === undefined,
          defaultMessage: () => `must not stand beside ${other}: remove one of the two`,
        },
      },
      schemaHint({ schema: {}, ofWhole: { not: { required: [String(property), other] } } }),
    )(target, property);
}
