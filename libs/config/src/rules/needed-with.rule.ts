import { registerDecorator, type ValidationArguments } from 'class-validator';

/**
 * The field must be given when another one is.
 * @param other the field that makes this one necessary
 * @param variable the other field's variable, for the message
 */
export function NeededWith<C extends object>(other: keyof C & string, variable: string) {
  const isGiven = (args?: ValidationArguments) => (args?.object as Partial<C> | undefined)?.[other] !== undefined;
  return (target: C, field: string): void => {
    registerDecorator({
      name: 'neededWith',
      target: target.constructor,
      propertyName: field,
      validator: {
        validate: (value, args) => value !== undefined || !isGiven(args),
        defaultMessage: () => `$property is missing, and ${variable} is set`,
      },
    });
  };
}
